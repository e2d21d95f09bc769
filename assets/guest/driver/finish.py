# The last Python code before the snapshot: what the build machine left behind is removed.
import gc as _gc
import sys as _sys

_source = _function = None
_output.__init__()
_linecache.cache.clear()
_random.seed(0)
print(len(_sys.modules), "modules;", _sys.version, file=_sys.__stderr__)
for _name, _why in ABSENT.items():
    print("absent:", _name, _why, file=_sys.__stderr__)
_sys.path.clear()
_sys.path_importer_cache.clear()
_sys.stdout, _sys.stderr = _output, _errors
_gc.collect()
_gc.collect()
_gc.disable()
