/* The driver: CPython started without a file system, handed bytes by the host. The protocol is in ../README.md. */
#define Py_BUILD_CORE 1
#include <Python.h>
#include <stdlib.h>
#include <string.h>
#include "settle.h"

#define EXPORT(name) __attribute__((export_name(name), used, visibility("default")))

/* Return codes of load, check, trace and facts. */
enum { DONE_TRUE = 0, DONE_FALSE = 1, ANSWERED = 2, FAILED = -1 };

static PyObject *f_load, *f_pattern, *f_check, *f_trace, *f_facts;
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

EXPORT("load") int guest_load(uint32_t patterns, uint32_t n, uint32_t mode)
{
    if (patterns > n || n > capacity) return FAILED;
    PyObject *result = PyObject_CallFunction(f_load, "y#y#I", buffer, (Py_ssize_t)patterns, buffer + patterns,
                                             (Py_ssize_t)(n - patterns), mode);
    return answer(result);
}

EXPORT("pattern") int guest_pattern(uint32_t n) { return call(f_pattern, n); }
EXPORT("check") int guest_check(uint32_t n) { return call(f_check, n); }
EXPORT("trace") int guest_trace(uint32_t n) { return call(f_trace, n); }
EXPORT("facts") int guest_facts(uint32_t n) { return call(f_facts, n); }

/* ---- What follows runs once, before the snapshot. ---- */

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
    f_pattern = function(globals, "pattern");
    f_check = function(globals, "check");
    f_trace = function(globals, "trace");
    f_facts = function(globals, "facts");
    run_file(globals, "/driver/finish.py");
    settle();
    /* The dead part of the C stack, which lies at the bottom of memory. */
    volatile char here;
    if ((char *)&here > (char *)65536 + 8192) memset((void *)1024, 0, (size_t)((char *)&here - 4096 - 1024));
}
