/* The driver: CPython started without a file system, handed bytes by the host. The protocol is in ../README.md. */
#define Py_BUILD_CORE 1
#include <Python.h>
#include <stdlib.h>
#include <string.h>
#include "internal/pycore_code.h"
#include "internal/pycore_object.h"

#define EXPORT(name) __attribute__((export_name(name), used, visibility("default")))

/* Return codes of load, check, trace and facts. */
enum { DONE_TRUE = 0, DONE_FALSE = 1, ANSWERED = 2, FAILED = -1 };

static PyObject *f_load, *f_check, *f_trace, *f_facts;
static char *buffer;
static size_t capacity;
static uint32_t answered;

EXPORT("buf") char *guest_buffer(uint32_t n)
{
    if (n > capacity) {
        size_t wanted = n < 65536 ? 65536 : n;
        char *larger = malloc(wanted);
        if (!larger) return NULL;
        free(buffer);
        buffer = larger;
        capacity = wanted;
    }
    return buffer;
}

EXPORT("outlen") uint32_t guest_answered(void) { return answered; }

/* Puts what a function of guest.py returned into the buffer: None and True, False, or bytes. */
static int answer(PyObject *result)
{
    char *data;
    Py_ssize_t length;
    int code = FAILED;
    answered = 0;
    if (!result) {
        PyErr_Clear();
        return FAILED;
    }
    if (result == Py_None || result == Py_True) code = DONE_TRUE;
    else if (result == Py_False) code = DONE_FALSE;
    else if (PyBytes_CheckExact(result) && PyBytes_AsStringAndSize(result, &data, &length) == 0
             && guest_buffer((uint32_t)length)) {
        memcpy(buffer, data, (size_t)length);
        answered = (uint32_t)length;
        code = ANSWERED;
    }
    Py_DECREF(result);
    return code;
}

static int call(PyObject *function, uint32_t n)
{
    PyObject *raw = PyBytes_FromStringAndSize(buffer, n);
    if (!raw) {
        PyErr_Clear();
        return FAILED;
    }
    PyObject *result = PyObject_CallOneArg(function, raw);
    Py_DECREF(raw);
    return answer(result);
}

EXPORT("load") int guest_load(uint32_t n, uint32_t mode)
{
    PyObject *result = PyObject_CallFunction(f_load, "y#I", buffer, (Py_ssize_t)n, mode);
    return answer(result);
}

EXPORT("check") int guest_check(uint32_t n) { return call(f_check, n); }
EXPORT("trace") int guest_trace(uint32_t n) { return call(f_trace, n); }
EXPORT("facts") int guest_facts(uint32_t n) { return call(f_facts, n); }

/* ---- What follows runs once, before the snapshot. ---- */

static void die(const char *what)
{
    fprintf(stderr, "driver: %s\n", what);
    if (PyErr_Occurred()) PyErr_Print();
    abort();
}

/* Everything alive is made immortal, so that reference counts do not dirty pages that no verifier changes. */
static PyObject **stack;
static size_t depth, room, immortal;

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

static void immortalise(void)
{
    PyObject *gc = PyImport_ImportModule("gc");
    PyObject *all = gc ? PyObject_CallMethod(gc, "get_objects", NULL) : NULL;
    if (!all) die("gc.get_objects");
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(all); i++) {
        PyObject *o = PyList_GET_ITEM(all, i);
        if (o == all) continue;
        push(o);
        drain();
    }
    Py_DECREF(all);
    Py_DECREF(gc);
    free(stack);
    fprintf(stderr, "driver: %zu objects made immortal\n", immortal);
}

/* Uses up partly filled pools of pymalloc, so that what a verifier allocates lies on few pages. */
static void fill_pools(void)
{
    const uintptr_t pool = 16384;
    for (size_t size = 8; size <= 512; size += 8) {
        uintptr_t base = 0;
        for (int i = 0; i < 20000; i++) {
            uintptr_t block = (uintptr_t)PyObject_Malloc(size);
            if ((block & ~(pool - 1)) == base) continue;
            base = block & ~(pool - 1);
            if ((block & (pool - 1)) <= 64) {
                PyObject_Free((void *)block);
                break;
            }
        }
    }
}

static void check_status(PyStatus status)
{
    if (!PyStatus_Exception(status)) return;
    fprintf(stderr, "driver: %s: %s\n", status.func, status.err_msg);
    abort();
}

static void start_python(void)
{
    PyPreConfig pre;
    PyPreConfig_InitIsolatedConfig(&pre);
    pre.utf8_mode = 1;
    check_status(Py_PreInitialize(&pre));
    PyConfig config;
    PyConfig_InitIsolatedConfig(&config);
    config.site_import = 0;
    config.use_hash_seed = 1;
    config.hash_seed = 0;
    config.install_signal_handlers = 0;
    config.write_bytecode = 0;
    config.pathconfig_warnings = 0;
    config.faulthandler = 0;
    config.module_search_paths_set = 1;
    PyWideStringList_Append(&config.module_search_paths, L"/lib");
    PyWideStringList_Append(&config.module_search_paths, L"/site");
    PyConfig_SetString(&config, &config.stdlib_dir, L"/lib");
    PyConfig_SetString(&config, &config.executable, L"/python");
    PyConfig_SetString(&config, &config.prefix, L"/");
    PyConfig_SetString(&config, &config.exec_prefix, L"/");
    PyConfig_SetString(&config, &config.base_prefix, L"/");
    PyConfig_SetString(&config, &config.base_exec_prefix, L"/");
    check_status(Py_InitializeFromConfig(&config));
    PyConfig_Clear(&config);
}

static void run_file(PyObject *globals, const char *path)
{
    FILE *file = fopen(path, "rb");
    if (!file) die(path);
    fseek(file, 0, SEEK_END);
    long length = ftell(file);
    rewind(file);
    char *source = malloc((size_t)length + 1);
    if (!source || fread(source, 1, (size_t)length, file) != (size_t)length) die(path);
    source[length] = 0;
    fclose(file);
    PyObject *code = Py_CompileString(source, "<guest>", Py_file_input);
    free(source);
    PyObject *result = code ? PyEval_EvalCode(code, globals, globals) : NULL;
    if (!result) die(path);
    Py_DECREF(result);
    Py_DECREF(code);
}

static PyObject *function(PyObject *globals, const char *name)
{
    PyObject *found = PyDict_GetItemString(globals, name);
    if (!found) die(name);
    return Py_NewRef(found);
}

EXPORT("wizer.initialize") void initialise(void)
{
    start_python();
    /* The driver's own names: in no sys.modules, with builtins of its own, out of the way of what verifiers patch. */
    PyObject *globals = PyDict_New();
    PyObject *builtins = PyDict_Copy(PyEval_GetBuiltins());
    PyObject *name = PyUnicode_FromString("<guest>");
    if (!globals || !builtins || !name) die("no memory");
    PyDict_SetItemString(globals, "__builtins__", builtins);
    PyDict_SetItemString(globals, "__name__", name);
    run_file(globals, "/driver/preload.py");
    run_file(globals, "/driver/guest.py");
    run_file(globals, "/driver/inspect.py");
    run_file(globals, "/driver/warm.py");
    if (!guest_buffer(1 << 16)) die("no memory");
    f_load = function(globals, "load");
    f_check = function(globals, "check");
    f_trace = function(globals, "trace");
    f_facts = function(globals, "facts");
    run_file(globals, "/driver/finish.py");
    immortalise();
    PyObject *gc = PyImport_ImportModule("gc");
    PyObject *frozen = gc ? PyObject_CallMethod(gc, "freeze", NULL) : NULL;
    if (!frozen) die("gc.freeze");
    Py_DECREF(frozen);
    Py_DECREF(gc);
    fill_pools();
    /* The dead part of the C stack, which lies at the bottom of memory. */
    volatile char here;
    if ((char *)&here > (char *)65536 + 8192) memset((void *)1024, 0, (size_t)((char *)&here - 4096 - 1024));
}
