/* What the driver does to the interpreter before the snapshot, so that checks write few pages: see settle.c. */
#ifndef SETTLE_H
#define SETTLE_H

/* Ends the build with a reason. */
_Noreturn void die(const char *what);

/* Makes what is alive immortal and still, and leaves free memory in one piece. */
void settle(void);

#endif
