# For people who look at a verifier: one check step by step, and what its source says without running it.
import json as _json

STEPS_CAP = 2000
BYTES_CAP = 512 * 1024
REPR_CAP = 200


class _Cut(BaseException):
    """Ends a check whose trace has reached its cap."""


class _Tracer:
    def __init__(self):
        self.steps, self.bytes, self.cut, self.depth = [], 0, False, 0
        self.seen = {}

    def shown(self, value):
        try:
            return _capped(repr(value), REPR_CAP)
        except BaseException as e:
            return f"<{_name_of(type(value))} whose repr raises {_name_of(type(e))}>"

    def changed(self, frame):
        before = self.seen.setdefault(id(frame), {})
        changes = []
        for name, value in list(frame.f_locals.items()):
            shown = self.shown(value)
            if before.get(name) != shown:
                before[name] = shown
                changes.append([name, shown])
        return changes

    def step(self, frame, event, value):
        changed = self.changed(frame)
        self.bytes += 40 + sum(len(n) + len(v) for n, v in changed) + len(value or "")
        if len(self.steps) >= STEPS_CAP or self.bytes > BYTES_CAP:
            self.cut = True
            _sys.settrace(None)
            raise _Cut
        self.steps.append({
            "line": frame.f_lineno,
            "event": event,
            "function": frame.f_code.co_name,
            "depth": self.depth,
            "changed": changed,
            "value": value,
        })

    def enter(self, frame, event, arg):
        if event != "call" or self.cut or frame.f_code.co_filename != FILE:
            return None
        self.depth += 1
        self.step(frame, "call", None)
        return self.inside

    def inside(self, frame, event, arg):
        if self.cut:
            return None
        if event == "line":
            self.step(frame, "line", None)
        elif event == "exception":
            self.step(frame, "exception", f"{_name_of(arg[0])}: {_message(arg[1])}"[:REPR_CAP])
        elif event == "return":
            self.step(frame, "return", self.shown(arg))
            self.seen.pop(id(frame), None)
            self.depth = max(0, self.depth - 1)
        return self.inside


def trace(raw):
    """One check under a trace: JSON of {steps, cut} and what check() would have answered."""
    tracer = _Tracer()
    text = _text(raw)
    try:
        _sys.settrace(tracer.enter)
        try:
            result = _function(text)
        finally:
            _sys.settrace(None)
        answer = _returned(result)
    except _Cut:
        answer = _refused("cut", "")
    except SystemExit as e:
        answer = _fault("exit", e)
    except BaseException as e:
        answer = _fault("raised", e)
    if answer is True or answer is False:
        answer = _value("true" if answer else "false", answer)
    steps = _json.dumps({"steps": tracer.steps, "cut": tracer.cut}).encode("ascii")
    return len(steps).to_bytes(4, "little") + steps + answer


def _available(name):
    parts = name.split(".")
    return all(".".join(parts[: i + 1]) in _sys.modules for i in range(len(parts))) or name in _sys.builtin_module_names


def _imports(tree):
    names = []
    for node in _ast.walk(tree):
        if isinstance(node, _ast.Import):
            names.extend(alias.name for alias in node.names)
        elif isinstance(node, _ast.ImportFrom) and node.level == 0 and node.module:
            names.append(node.module)
    return list(dict.fromkeys(names))


def _returns(function):
    """Expressions returned by a function itself, not by functions inside it."""
    found, todo = [], list(function.body)
    while todo:
        node = todo.pop()
        if isinstance(node, (_ast.FunctionDef, _ast.AsyncFunctionDef, _ast.ClassDef, _ast.Lambda)):
            continue
        if isinstance(node, _ast.Return):
            found.append(node.value)
        todo.extend(_ast.iter_child_nodes(node))
    return found


def _constant(function):
    returns = _returns(function)
    if not returns:
        return "None"
    shown = {repr(r.value) if isinstance(r, _ast.Constant) else "None" if r is None else "" for r in returns}
    return shown.pop() if len(shown) == 1 and "" not in shown else None


def facts(raw):
    """What the source says: JSON, or the syntax error as load() would answer it."""
    try:
        tree = compile(raw.decode("utf-8"), FILE, "exec", _ast.PyCF_ONLY_AST, dont_inherit=True)
    except BaseException as e:
        return _fault("syntax", e, True)
    functions = [n for n in tree.body if isinstance(n, (_ast.FunctionDef, _ast.AsyncFunctionDef)) and n.name == "evaluate"]
    found = functions[-1] if functions else None
    imports = _imports(tree)
    told = {
        "evaluate": found is not None,
        "line": found.lineno if found else None,
        "required": None,
        "accepted": None,
        "constant": None,
        "imports": imports,
        "unavailable": [name for name in imports if not _available(name)],
    }
    if found:
        positional = found.args.posonlyargs + found.args.args
        told["required"] = len(positional) - len(found.args.defaults)
        told["accepted"] = None if found.args.vararg else len(positional)
        told["constant"] = _constant(found)
    return _pack("facts", _json.dumps(told))
