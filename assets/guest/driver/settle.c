/* Before the snapshot. A page that a check writes has to be put back before the next one, and the cache has to take it
   in again, so what is written often should lie together and what is old should not be written at all. */
#define Py_BUILD_CORE 1
#include <Python.h>
#include <stdlib.h>
#include <string.h>
#include "internal/pycore_code.h"
#include "internal/pycore_gc.h"
#include "internal/pycore_interp.h"
#include "internal/pycore_object.h"
#include "internal/pycore_obmalloc.h"
#include "internal/pycore_opcode_metadata.h"
#include "internal/pycore_pystate.h"
#include "settle.h"

_Noreturn void die(const char *what)
{
    fprintf(stderr, "driver: %s\n", what);
    if (PyErr_Occurred()) PyErr_Print();
    abort();
}

/* ---- Everything alive is made immortal, so that no reference count of it is written. ---- */

static PyObject **stack;
static size_t depth, room, immortal, stilled;

static void push(PyObject *o)
{
    if (!o || _Py_IsImmortal(o)) return;
    o->ob_refcnt = _Py_IMMORTAL_REFCNT;
    immortal++;
    if (depth == room) {
        room = room ? room * 2 : 4096;
        stack = realloc(stack, room * sizeof *stack);
        if (!stack) die("no memory");
    }
    stack[depth++] = o;
}

static int visit(PyObject *o, void *unused)
{
    (void)unused;
    push(o);
    return 0;
}

static int caches_of(const _Py_CODEUNIT *at) { return _PyOpcode_Caches[_PyOpcode_Deopt[at->op.code]]; }

/* Code that was specialised, or tried to, is as good as it will be: its counters stop, so that running it does not
   write it. Other code goes on to specialise itself. */
static void still(PyCodeObject *code)
{
    _Py_CODEUNIT *begin = _PyCode_CODE(code), *end = begin + Py_SIZE(code);
    int tried = 0;
    for (_Py_CODEUNIT *at = begin; at < end; at += 1 + caches_of(at)) {
        uint8_t plain = _PyOpcode_Deopt[at->op.code];
        int counts = caches_of(at) && plain != JUMP_BACKWARD && plain != POP_JUMP_IF_TRUE && plain != POP_JUMP_IF_FALSE
            && plain != POP_JUMP_IF_NONE && plain != POP_JUMP_IF_NOT_NONE;
        tried |= counts && (plain != at->op.code || at[1].counter.backoff > adaptive_counter_warmup().backoff);
    }
    if (!tried) return;
    stilled++;
    for (_Py_CODEUNIT *at = begin; at < end; at += 1 + caches_of(at))
        if (caches_of(at)) at[1].cache = UNREACHABLE_BACKOFF;
}

static void push_code(PyCodeObject *code)
{
    push(code->co_consts);
    push(code->co_names);
    push(code->co_exceptiontable);
    push(code->co_localsplusnames);
    push(code->co_localspluskinds);
    push(code->co_filename);
    push(code->co_name);
    push(code->co_qualname);
    push(code->co_linetable);
    if (code->_co_cached) {
        push(code->_co_cached->_co_code);
        push(code->_co_cached->_co_varnames);
        push(code->_co_cached->_co_cellvars);
        push(code->_co_cached->_co_freevars);
    }
    still(code);
}

static void drain(void)
{
    while (depth) {
        PyObject *o = stack[--depth];
        PyTypeObject *type = Py_TYPE(o);
        push((PyObject *)type);
        if (PyCode_Check(o)) push_code((PyCodeObject *)o);
        if (PyType_IS_GC(type) && type->tp_traverse) type->tp_traverse(o, visit, NULL);
    }
}

static void immortalise(PyObject *gc)
{
    PyObject *all = PyObject_CallMethod(gc, "get_objects", NULL);
    if (!all) die("gc.get_objects");
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(all); i++) {
        PyObject *o = PyList_GET_ITEM(all, i);
        if (o == all) continue;
        push(o);
        drain();
    }
    Py_DECREF(all);
    free(stack);
    fprintf(stderr, "driver: %zu objects made immortal, %zu codes stilled\n", immortal, stilled);
}

/* ---- What a verifier allocates shall lie together: the holes between what is old are used up. ---- */

/* Called through these, as the compiler would leave out a malloc whose memory nobody uses. */
static void *(*volatile obtain)(size_t) = malloc;
static void (*volatile release)(void *) = free;

/* Holes in pymalloc's pools, then its free pools; the last block is the first of a new arena. */
static void fill_pools(void)
{
    struct _obmalloc_state *state = _PyInterpreterState_GET()->obmalloc;
    while (state->mgmt.usable_arenas)
        if (!PyObject_Malloc(SMALL_REQUEST_THRESHOLD)) die("no memory");
    for (int i = 0; i < NB_SMALL_SIZE_CLASSES; i++) {
        poolp *head = &state->pools.used[i + i];
        while (*head != (*head)->nextpool)
            if (!PyObject_Malloc((size_t)(i + 1) << ALIGNMENT_SHIFT)) die("no memory");
    }
}

/* Holes in malloc's heap: whatever is given out below its end was one. */
static void fill_holes(void)
{
    const size_t largest = 1 << 20;
    /* As much stays free for what verifiers need, so that few of them make memory grow. */
    char *end = obtain(4 * largest);
    if (!end) die("no memory");
    release(end);
    size_t filled = 0;
    for (size_t size = largest; size >= 16; size = size > 4096 ? size - size / 16 : size - 8) {
        char *hole;
        while ((hole = obtain(size)) && hole < end) {
            memset(hole, 0, size);
            filled += size;
        }
        release(hole);
    }
    fprintf(stderr, "driver: %zu KiB of holes filled\n", filled >> 10);
}

void settle(void)
{
    PyObject *gc = PyImport_ImportModule("gc");
    if (!gc) die("gc");
    immortalise(gc);
    PyObject *frozen = PyObject_CallMethod(gc, "freeze", NULL);
    if (!frozen) die("gc.freeze");
    Py_DECREF(frozen);
    Py_DECREF(gc);
    _PyGC_ClearAllFreeLists(_PyInterpreterState_GET());
    fill_pools();
    fill_holes();
    if (!PyObject_Malloc(SMALL_REQUEST_THRESHOLD)) die("no memory");
}
