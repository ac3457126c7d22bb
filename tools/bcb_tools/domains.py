"""From libraries to the seven domains that benchmark scores are broken down by.

A task belongs to every domain of which it uses a library. A library that the table does not hold counts as
`GENERAL`: a name nobody has classified must not move the score of a specialised domain.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum
from types import MappingProxyType

__all__ = ["LIBRARIES", "Domain", "domain_of", "domains_of"]


class Domain(Enum):
    """What a library is for."""

    COMPUTATION = "Computation"
    GENERAL = "General"
    VISUALIZATION = "Visualization"
    SYSTEM = "System"
    TIME = "Time"
    NETWORK = "Network"
    CRYPTOGRAPHY = "Cryptography"


_TABLE = {
    Domain.COMPUTATION: """
        cmath cv2 fractions gensim geopandas IPython jax keras Levenshtein librosa lightgbm math
        networkx nltk numba numpy obspy pandas polars pyarrow pytesseract scipy shapely skimage
        sklearn soundfile spacy statistics statsmodels sympy tensorflow textblob torch transformers
        wordninja xgboost
    """,
    Domain.GENERAL: """
        abc argparse array ast attr attrs bisect builtins collections contextlib contextvars copy
        dataclasses decimal difflib dis doctest enum faker fnmatch functools gc graphlib heapq
        importlib inspect itertools keyword multidict natsort numbers operator parse pkgutil pprint
        prettytable pydantic queue random re regex reprlib rich string tabulate textwrap texttable
        timeit token tokenize tqdm traceback types typing typing_extensions unicodedata unittest
        uuid warnings weakref
    """,
    Domain.VISUALIZATION: """
        altair bokeh colorsys folium graphviz matplotlib mpl_toolkits PIL plotly pydot seaborn
        turtle wordcloud
    """,
    Domain.SYSTEM: """
        aspose atexit bz2 concurrent configparser csv ctypes docx docxtpl errno fcntl filecmp
        fileinput getpass glob grp gzip imp io joblib json linecache locale logging lzma marshal
        mmap msgpack multiprocessing openpyxl os pathlib pickle platform psutil pwd PyPDF2 resource
        select selectors shelve shlex shutil signal sqlalchemy sqlite3 stat struct subprocess sys
        syslog tarfile tempfile termios threading toml tomllib tty watchdog xlrd xlsxwriter xlwt
        yaml zipfile zipimport zlib
    """,
    Domain.TIME: """
        arrow calendar croniter datetime dateutil holidays pendulum pytz sched time tzdata tzlocal
        zoneinfo
    """,
    Domain.NETWORK: """
        aiohttp asyncio bs4 cgi chardet django dns email flask flask_login flask_mail flask_restful
        flask_wtf ftplib geopy html html5lib http httpx imaplib ipaddress jinja2 lxml mailbox
        mechanize mimetypes paramiko poplib pyquery python_http_client requests requests_mock
        selenium sendgrid smtplib socket socketserver ssl telnetlib tornado urllib urllib3
        webbrowser websocket websockets werkzeug wikipedia wsgiref wtforms xml xmlrpc xmltodict
    """,
    Domain.CRYPTOGRAPHY: """
        base64 bcrypt binascii blake3 codecs crypt Crypto cryptography hashlib hmac jwt nacl passlib
        rsa secrets
    """,
}

LIBRARIES = MappingProxyType({name: domain for domain, names in _TABLE.items() for name in names.split()})


def domain_of(library: str) -> Domain:
    """The domain of one library, named as it is imported; `Domain.GENERAL` when it is unknown."""
    return LIBRARIES.get(library, Domain.GENERAL)


def domains_of(libraries: Iterable[str]) -> tuple[Domain, ...]:
    """The domains of several libraries, each once, in the order of `Domain`."""
    found = {domain_of(library) for library in libraries}
    return tuple(domain for domain in Domain if domain in found)
