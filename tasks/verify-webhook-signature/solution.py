import hashlib
import hmac
import json


def task_func(payload, header, secret, now, tolerance=300):
    """
    Check the signature of a webhook request and return the event that it carries.

    The header is a comma-separated list of 'name=value' pairs, for instance
    't=1767225600,v1=5257a8...,v0=6ffbb5...'. It holds exactly one 't', the Unix time of signing, and one or more
    'v1' signatures. Pairs with any other name are ignored. A 'v1' signature is the lower-case hexadecimal
    HMAC-SHA-256, keyed with the secret, of the bytes that result from joining the value of 't', a full stop and the
    payload. One matching 'v1' signature is enough, because a sender that changes its secret signs with both. The
    time of signing may lie up to `tolerance` seconds before or after `now`, inclusive.

    Parameters:
    - payload (bytes): The body of the request, as received.
    - header (str): The signature header.
    - secret (str): The shared secret; its UTF-8 bytes are the key.
    - now (int): The current Unix time in seconds.
    - tolerance (int): How many seconds the time of signing may lie away from `now`. Default is 300.

    Returns:
    - dict: The JSON object in the payload.

    Requirements:
    - hashlib
    - hmac
    - json

    Raises:
    - ValueError: If the header has no 't', more than one 't', a 't' that is not an integer, no 'v1' or a pair without
      '='; or if the payload of a correctly signed request is not a JSON object.
    - PermissionError: If no 'v1' signature matches, or the time of signing is outside the tolerance.

    Note:
    - The header is checked first, then the signatures and the time, and the payload last.
    - Signatures are compared in constant time.

    Example:
    >>> signature = hmac.new(b'key', b'1767225600.{"id": 7}', hashlib.sha256).hexdigest()
    >>> task_func(b'{"id": 7}', f't=1767225600,v1={signature}', 'key', now=1767225610)
    {'id': 7}
    """
    times = []
    signatures = []
    for pair in header.split(","):
        name, separator, value = pair.strip().partition("=")
        if not separator:
            raise ValueError(f"malformed signature header: {pair!r}")
        if name == "t":
            times.append(value)
        elif name == "v1":
            signatures.append(value)
    if len(times) != 1 or not signatures:
        raise ValueError("the signature header needs one 't' and at least one 'v1'")
    signed_at = int(times[0])
    expected = hmac.new(secret.encode(), times[0].encode() + b"." + payload, hashlib.sha256).hexdigest()
    if not any(hmac.compare_digest(expected.encode(), signature.encode()) for signature in signatures):
        raise PermissionError("no signature matches")
    if abs(now - signed_at) > tolerance:
        raise PermissionError("the time of signing is outside the tolerance")
    event = json.loads(payload)
    if not isinstance(event, dict):
        raise ValueError("the payload is not a JSON object")
    return event
