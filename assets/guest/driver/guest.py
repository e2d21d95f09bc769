# Loading a verifier and checking a text with it. load() and check() are called from C; what they return is described
# in ../README.md. Nothing here trusts what a verifier returns or raises.
import ast as _ast
import builtins as _builtins
import io as _io
import linecache as _linecache
import marshal as _marshal
import random as _random
import re as _re
import sys as _sys
import traceback as _traceback
from _sre import compile as _sre_compile
from re import _compiler as _re_compiler
from re import _parser as _re_parser

FILE = "verifier.py"
STDOUT_CAP = 64 * 1024
DETAIL_CAP = 8 * 1024
FRAMES = 12
# Flags of code that makes a generator, coroutine or asynchronous generator.
NOT_PLAIN = 0x20 | 0x80 | 0x200
HINT = " (available: Python's standard library without network, processes and databases; emoji; pyphen)"
SCRIPT = ("json", "random", "re", "os", "copy", "time", "logging", "signal")

_name_of = type.__dict__["__name__"].__get__
_source = None
_function = None


class _Stream(_io.TextIOBase):
    """As a program sees its standard output: text, or bytes through `buffer`; nothing once it is closed."""

    encoding, errors, newlines, line_buffering, write_through = "utf-8", "backslashreplace", None, False, False
    mode = "w"

    def writable(self):
        return True

    def reconfigure(self, **settings):
        pass

    @property
    def buffer(self):
        return _Bytes(self)

    def write(self, text):
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {_name_of(type(text))}")
        if self.closed:
            raise ValueError("I/O operation on closed file.")
        self.take(text)
        return len(text)

    def take(self, text):
        pass


class _Bytes(_io.BufferedIOBase):
    """Bytes on their way to a stream."""

    def __init__(self, stream):
        self.raw = stream

    def writable(self):
        return True

    def write(self, raw):
        raw = bytes(raw)
        self.raw.write(raw.decode("utf-8", "backslashreplace"))
        return len(raw)


class Output(_Stream):
    """What a verifier prints, up to a cap."""

    name = "<stdout>"

    def __init__(self):
        self.parts, self.length, self.dropped = [], 0, 0

    def take(self, text):
        length = len(text)
        room = STDOUT_CAP - self.length
        if length <= room:
            self.parts.append(text)
            self.length += length
        else:
            if room > 0:
                self.parts.append(text[:room])
                self.length = STDOUT_CAP
            self.dropped += length - room


class Errors(_Stream):
    """Where warnings and logs go: nowhere, as they are not what a verifier prints."""

    name = "<stderr>"


_output = Output()
_errors = Errors()


def _capped(text, cap=DETAIL_CAP):
    text = str.__str__(text)
    length = str.__len__(text)
    return text if length <= cap else str.__getitem__(text, slice(cap)) + f"...[{length - cap} more]"


def _pack(*fields):
    packed = []
    for field in fields:
        raw = field.encode("utf-8", "backslashreplace")
        packed.append(len(raw).to_bytes(4, "little"))
        packed.append(raw)
    return b"".join(packed)


def _printed():
    return "".join(_output.parts), str(_output.dropped)


def _own_line(tb):
    line = ""
    while tb is not None:
        if tb.tb_frame.f_code.co_filename == FILE:
            line = str(tb.tb_lineno)
        tb = tb.tb_next
    return line


def _message(e):
    try:
        text = str(e)
        if isinstance(e, SyntaxError):
            text = str(e.msg)
        return _capped(text) + (HINT if type(e) is ModuleNotFoundError else "")
    except BaseException:
        return ""


def _formatted(e, tb):
    try:
        if _source is not None:
            _linecache.cache[FILE] = (len(_source), None, _source.splitlines(True), FILE)
        return _capped("".join(_traceback.format_exception(type(e), e, tb, limit=-FRAMES)))
    except BaseException:
        return ""


def _fault(kind, e, placed=False):
    """An exception. `placed`: it is a syntax error of the source itself."""
    tb = e.__traceback__
    tb = tb.tb_next if tb is not None else None
    line = _own_line(tb)
    if placed and isinstance(e, SyntaxError) and type(e.lineno) is int:
        line = str(e.lineno)
    return _pack(kind, _capped(_name_of(type(e))), _message(e), "", line, _formatted(e, None if placed else tb), *_printed())


def _refused(kind, message):
    return _pack(kind, "", message, "", "", "", *_printed())


def _namespace(mode):
    if mode == 0:
        return {"__name__": "verifier", "__builtins__": _builtins}, None
    names = {"__name__": "__main__", "__builtins__": _builtins}
    for name in SCRIPT:
        names[name] = _sys.modules[name]
    return names, {} if mode == 2 else None


def pattern(raw):
    """Compiles a literal pattern that the host found in some source, for `load` to put into re's cache: flags by name,
    a line break, the literal. It depends on that alone, so the host keeps it. Nothing where it is no pattern."""
    try:
        names, literal = raw.decode("utf-8").split("\n", 1)
        text, flags = _ast.literal_eval(literal), 0
        for name in names.split():
            flags |= int(_re.RegexFlag[name])
        if type(text) is not str or flags & _re.DEBUG:
            return None
        parsed = _re_parser.parse(text, flags)
        code = list(map(int, _re_compiler._code(parsed, flags)))
        index = parsed.state.groupdict
        groups = [None] * parsed.state.groups
        for name, number in index.items():
            groups[number] = name
        made = text, flags, int(flags | parsed.state.flags), code, parsed.state.groups - 1, index, tuple(groups)
        return _marshal.dumps(made)
    except BaseException:
        return None


def _prepare(raw, cache=_re._cache, cache2=_re._cache2):
    """Puts patterns into re's cache. Every check starts from the memory after the load, so it finds them there."""
    at = 0
    while at < len(raw):
        end = at + 4 + int.from_bytes(raw[at : at + 4], "little")
        text, flags, *made = _marshal.loads(raw[at + 4 : end])
        key = (str, text, flags)
        cache[key] = cache2[key] = _sre_compile(text, *made)
        at = end


def load(patterns, raw, mode):
    """Modes: 0 = a namespace of its own; 1 = its own and the released scripts' imports in one; 2 = functions see the
    scripts' imports only."""
    global _source, _function
    _sys.stdout, _sys.stderr = _output, _errors
    if patterns:
        _prepare(patterns)
    try:
        _source = source = raw.decode("utf-8")
        code = compile(source, FILE, "exec", dont_inherit=True)
    except BaseException as e:
        return _fault("syntax", e, True)
    names, own = _namespace(mode)
    try:
        if own is None:
            exec(code, names)
            found = names.get("evaluate")
        else:
            exec(code, names, own)
            found = own.get("evaluate")
    except SystemExit as e:
        return _fault("exit", e)
    except BaseException as e:
        return _fault("import", e)
    if found is None:
        return _refused("missing", "no function named evaluate")
    if not callable(found):
        return _refused("unusable", f"evaluate is no function but of type {_capped(_name_of(type(found)))}")
    flags = getattr(getattr(found, "__code__", None), "co_flags", 0)
    if type(flags) is int and flags & NOT_PLAIN:
        return _refused("unusable", "evaluate is asynchronous or a generator")
    _function = found
    return None


def _value(kind, result, exact=""):
    try:
        shown = _capped(repr(result))
    except BaseException as e:
        shown = f"<{_name_of(type(result))} whose repr raises {_name_of(type(e))}>"
    return _pack(kind, _capped(_name_of(type(result))), exact, shown, "", "", *_printed())


def _returned(result):
    if result is True or result is False:
        if not _output.parts:
            return result
        return _value("true" if result else "false", result)
    if result is None:
        return _value("none", result)
    if type(result) is int and -(1 << 63) <= result < 1 << 63:
        return _value("int", result, repr(result))
    if type(result) is float:
        return _value("float", result, repr(result))
    if type(result) is str and len(result) <= DETAIL_CAP:
        try:
            result.encode("utf-8")
            return _value("str", result, result)
        except UnicodeEncodeError:
            pass
    return _value("other", result)


def _text(raw):
    return raw.decode("utf-8", "surrogatepass")


def check(raw):
    text = _text(raw)
    try:
        result = _function(text)
    except SystemExit as e:
        return _fault("exit", e)
    except BaseException as e:
        return _fault("raised", e)
    return _returned(result)
