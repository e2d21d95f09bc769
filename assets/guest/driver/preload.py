# What verifiers can import, and what that imports when it is first used. There is no file system later, so everything
# must be imported before the snapshot.
import importlib
import sys

MODULES = """
__future__ abc argparse array ast asyncio base64 bdb binascii bisect builtins bz2 calendar cmath cmd code codecs codeop
collections collections.abc colorsys concurrent.futures configparser contextlib contextvars copy copyreg csv
ctypes dataclasses datetime decimal difflib dis doctest email email.header email.message email.mime.multipart
email.mime.text email.parser email.policy email.utils encodings.idna encodings.punycode enum errno filecmp fileinput
fnmatch fractions functools gc getopt getpass gettext glob graphlib gzip hashlib heapq hmac html html.entities
html.parser http imaplib importlib.metadata importlib.resources importlib.util inspect io ipaddress itertools json
json.decoder json.encoder json.tool keyword linecache locale logging logging.handlers lzma marshal math mimetypes
multiprocessing numbers opcode operator optparse os os.path pathlib pdb pickle pickletools pkgutil platform plistlib
posixpath pprint profile pyclbr queue quopri random re reprlib runpy sched secrets select selectors shelve shlex shutil
signal site smtplib socket sqlite3 ssl stat statistics string stringprep struct subprocess symtable sys sysconfig
tabnanny tempfile textwrap threading time timeit token tokenize tomllib trace traceback tracemalloc types typing
unicodedata unittest unittest.mock urllib urllib.error urllib.parse urllib.request uuid warnings wave weakref webbrowser
xml xml.dom xml.dom.minidom xml.etree xml.etree.ElementTree xml.parsers.expat xml.sax zipfile zlib zoneinfo
_pylong _strptime concurrent.futures.thread importlib.readers tarfile unittest._log xml.dom.expatbuilder xml.dom.pulldom
""".split()

ABSENT = {}
for _name in MODULES:
    try:
        importlib.import_module(_name)
    except BaseException as _e:
        ABSENT[_name] = f"{type(_e).__name__}: {_e}"
        for _left in [m for m in sys.modules if m == _name or m.startswith(_name + ".")]:
            if _left not in ("os",):
                sys.modules.pop(_left, None)

# xml.sax wants urllib.request for parsing what is at an address, which nobody can here.
sys.modules["urllib.request"] = type(sys)("urllib.request")
importlib.import_module("xml.sax.expatreader")
del sys.modules["urllib.request"]

# What the site module adds to builtins.
import _sitebuiltins
import builtins

builtins.exit = _sitebuiltins.Quitter("exit", "Ctrl-D (i.e. EOF)")
builtins.quit = _sitebuiltins.Quitter("quit", "Ctrl-D (i.e. EOF)")
builtins.help = _sitebuiltins._Helper()

# All codecs.
import encodings
import pkgutil

for _info in pkgutil.iter_modules(encodings.__path__):
    try:
        importlib.import_module("encodings." + _info.name)
        "a".encode(_info.name)
    except BaseException:
        pass

# Packages beyond the standard library: imported, and used once, as their data files are out of reach later.
import emoji
import pyphen

emoji.emojize(":smile:")
emoji.demojize("\U0001f600")
emoji.emoji_count("\U0001f600")
for _language in ("en_US", "en_GB", "en"):
    pyphen.Pyphen(lang=_language).inserted("hyphenation")

# Lazily built tables.
import html
import mimetypes
import re
import zoneinfo

html.unescape("&amp;&eacute;")
mimetypes.init([])
zoneinfo.reset_tzpath([])
re.purge()
