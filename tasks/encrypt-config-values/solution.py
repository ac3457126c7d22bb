import fnmatch

import yaml
from cryptography.fernet import Fernet

PREFIX = "enc:"


def task_func(text, key, patterns):
    """
    Encrypt the secret values of a YAML configuration and return the configuration as YAML again.

    A string value is encrypted if the mapping key that holds it matches one of the patterns, which are shell-style
    (such as '*_token') and case-sensitive. Mappings and lists are searched to any depth; a string in a list belongs
    to the mapping key that holds the list. An encrypted value is the text 'enc:' followed by the Fernet token of
    the value's UTF-8 bytes. A value that already starts with 'enc:' is left as it is, so that the function can be
    applied to its own result. Numbers, booleans, nulls and dates are never encrypted.

    Parameters:
    - text (str): The YAML document.
    - key (bytes): A Fernet key, as `Fernet.generate_key()` returns it.
    - patterns (list of str): The patterns for mapping keys.

    Returns:
    - str: A YAML document with the same structure and the same order of keys.

    Requirements:
    - fnmatch
    - yaml
    - cryptography

    Raises:
    - ValueError: If the document is not valid YAML or its top level is not a mapping, or if the key is not a valid
      Fernet key.

    Note:
    - A pattern matches one mapping key, never a path: 'password' matches the key 'password' at any depth.
    - Each Fernet token is different, even for the same value.

    Example:
    >>> key = Fernet.generate_key()
    >>> result = yaml.safe_load(task_func('user: bob\\npassword: hunter2\\n', key, ['pass*']))
    >>> result['user'], result['password'][:4]
    ('bob', 'enc:')
    >>> Fernet(key).decrypt(result['password'][4:].encode())
    b'hunter2'
    """
    cipher = Fernet(key)
    try:
        document = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise ValueError(f"not valid YAML: {error}") from error
    if not isinstance(document, dict):
        raise ValueError("the top level of the document is not a mapping")

    def protect(value, secret):
        if isinstance(value, dict):
            return {
                name: protect(
                    item, any(fnmatch.fnmatchcase(str(name), pattern) for pattern in patterns)
                )
                for name, item in value.items()
            }
        if isinstance(value, list):
            return [protect(item, secret) for item in value]
        if secret and isinstance(value, str) and not value.startswith(PREFIX):
            return PREFIX + cipher.encrypt(value.encode()).decode()
        return value

    return yaml.safe_dump(protect(document, False), sort_keys=False, allow_unicode=True)
