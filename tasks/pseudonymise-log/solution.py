import hashlib
import hmac
import ipaddress
import re

ADDRESS = re.compile(
    r"(?P<mail>[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+)"
    r"|(?<![\w.])(?P<ip>\d{1,3}(?:\.\d{1,3}){3})(?!\w|\.\d)"
)


def task_func(text, secret):
    """
    Replace the IPv4 and e-mail addresses in a log by pseudonyms that only the holder of a secret can recompute.

    An e-mail address is one or more of the characters A-Z a-z 0-9 . _ % + -, then '@', then two or more labels
    joined by full stops, where a label is one or more of A-Z a-z 0-9 -. Its pseudonym is computed from the address
    in lower case. An IPv4 address is four groups of one to three digits joined by full stops, neither preceded by a
    letter, a digit, an underscore or a full stop, nor followed by a letter, a digit, an underscore, or a full stop
    and a digit. It is left as it is if the module `ipaddress` does not accept it or says that it is private. The
    pseudonym is 'mail-' or 'ip-', followed by the first 12 lower-case hexadecimal digits of the HMAC-SHA-256 of the
    UTF-8 bytes of the address, keyed with the UTF-8 bytes of the secret.

    Parameters:
    - text (str): The log.
    - secret (str): The secret.

    Returns:
    - tuple: A pair of
        - str: The log with the pseudonyms in place of the addresses, otherwise unchanged.
        - dict: Maps each pseudonym to the number of times that it was put in.

    Requirements:
    - hashlib
    - hmac
    - ipaddress
    - re

    Raises:
    - ValueError: If the secret is empty.

    Note:
    - The same address has the same pseudonym wherever it occurs.

    Example:
    >>> log, counts = task_func('8.8.8.8 asked 10.0.0.1 for ann@example.org', 'salt')
    >>> log
    'ip-406fd6cea755 asked 10.0.0.1 for mail-505f15a6d939'
    >>> list(counts.values())
    [1, 1]
    """
    if not secret:
        raise ValueError("the secret is empty")
    counts = {}

    def replace(match):
        address = match[0]
        if match["ip"]:
            try:
                if ipaddress.IPv4Address(address).is_private:
                    return address
            except ValueError:
                return address
        kind = "ip" if match["ip"] else "mail"
        digest = hmac.new(secret.encode(), address.lower().encode(), hashlib.sha256).hexdigest()
        pseudonym = f"{kind}-{digest[:12]}"
        counts[pseudonym] = counts.get(pseudonym, 0) + 1
        return pseudonym

    return ADDRESS.sub(replace, text), counts
