"""The keys that sign and verify tokens: our own pair in development, public keys of others else."""

import json
import os
import secrets
import warnings
from pathlib import Path
from typing import Any, cast

from cryptography.exceptions import UnsupportedAlgorithm
from joserfc.errors import JoseError, SecurityWarning
from joserfc.jwk import ECKey, KeySet, KeySetSerialization, OctKey, OKPKey, RSAKey

from api.errors import ApiError

DEVELOPMENT_ALGORITHM = "Ed25519"
MIN_RSA_BITS = 2048
MOST_KEYS = 100

PublicKey = RSAKey | ECKey | OKPKey
PEM_KINDS: tuple[type[PublicKey], ...] = (RSAKey, ECKey, OKPKey)


def development_key(data_dir: Path) -> OKPKey:
    """Return the key pair of this data directory, made on first use in a file only its user reads.

    Raises:
        ApiError: DATA_DIR_UNUSABLE or KEYS_UNUSABLE.
    """
    path = data_dir / "keys" / "development.jwk.json"
    try:
        if not path.exists():
            _make_key(path)
        path.chmod(0o600)
        return OKPKey.import_key(json.loads(path.read_text(encoding="ascii")))
    except OSError as error:
        message = f"{path} cannot be used ({error.strerror}): choose another C360_DATA_DIR."
        raise ApiError("DATA_DIR_UNUSABLE", message) from error
    except (JoseError, ValueError, TypeError, KeyError, AttributeError) as error:
        message = f"{path} holds no key: delete it, and the next start makes another."
        raise ApiError("KEYS_UNUSABLE", message) from error


def _make_key(path: Path) -> None:
    """Write a new key pair; of two processes that do it at once, the first wins for both."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.parent.chmod(0o700)
    key = OKPKey.generate_key("Ed25519", {"alg": "Ed25519", "use": "sig"}, auto_kid=True)
    draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        json.dump(key.as_dict(private=True), file)
    try:
        path.hardlink_to(draft)
    except FileExistsError:
        return
    finally:
        draft.unlink()


def public_keys(path: Path) -> list[PublicKey]:
    """Return the public keys of a file: a JWKS, or one or more PEM blocks.

    Raises:
        ApiError: KEYS_UNUSABLE, also for a private, symmetric or weak key.
    """
    try:
        text = path.read_text(encoding="ascii")
    except OSError as error:
        raise _unusable(f"cannot be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise _unusable("is no text") from error
    # The library warns of keys that are refused here.
    with warnings.catch_warnings(action="ignore", category=SecurityWarning):
        keys = _from_jwks(text) if text.lstrip().startswith("{") else _from_pem(text)
    if not keys:
        raise _unusable("holds no key")
    for key in keys:
        if key.is_private:
            raise _unusable("holds a private key, which belongs to the issuer alone")
        if isinstance(key, RSAKey) and key.public_key.key_size < MIN_RSA_BITS:
            raise _unusable(f"holds an RSA key below {MIN_RSA_BITS} bits")
    return keys


def usable_keys(document: dict[str, Any]) -> list[PublicKey]:
    """Return the keys of a JWKS document that can check signatures, at most `MOST_KEYS`.

    Keys of an unknown kind, for encryption, private, symmetric or weak ones are passed over: an
    issuer may publish keys for others, too (RFC 7517, section 5).
    """
    listed = document.get("keys")
    given = cast("list[Any]", listed) if isinstance(listed, list) else []
    found: list[PublicKey] = []
    with warnings.catch_warnings(action="ignore", category=SecurityWarning):
        for each in given[:MOST_KEYS]:
            key = _usable(each) if isinstance(each, dict) else None
            if key is not None:
                found.append(key)
    return found


def _usable(given: Any) -> PublicKey | None:
    """One key of a JWKS document; None when it cannot check signatures."""
    if given.get("use", "sig") != "sig":
        return None
    try:
        keys = KeySet.import_key_set(cast("KeySetSerialization", {"keys": [given]})).keys
    except (JoseError, UnsupportedAlgorithm, ValueError, TypeError, KeyError, AttributeError):
        return None
    key = keys[0]
    if isinstance(key, OctKey) or key.is_private:
        return None
    if isinstance(key, RSAKey) and key.public_key.key_size < MIN_RSA_BITS:
        return None
    return key


def _from_jwks(text: str) -> list[PublicKey]:
    """Read a JSON Web Key Set."""
    try:
        keys = KeySet.import_key_set(cast("KeySetSerialization", json.loads(text))).keys
    except (JoseError, UnsupportedAlgorithm, ValueError, TypeError, KeyError) as error:
        raise _unusable("is no valid JWKS") from error
    if any(isinstance(key, OctKey) for key in keys):
        raise _unusable("holds a symmetric key; only asymmetric ones are accepted")
    return [key for key in keys if not isinstance(key, OctKey)]


def _from_pem(text: str) -> list[PublicKey]:
    """Read PEM blocks, one key each; a certificate counts as its key."""
    end = "-----END "
    blocks = [block for block in text.split("-----BEGIN ") if end in block]
    return [_one_pem(f"-----BEGIN {block}") for block in blocks]


def _one_pem(block: str) -> PublicKey:
    """Read one PEM block of whatever kind it is."""
    for kind in PEM_KINDS:
        try:
            key = kind.import_key(block)
        except (JoseError, UnsupportedAlgorithm, ValueError, TypeError):
            continue
        key.ensure_kid()
        return key
    raise _unusable("holds a PEM block that is no RSA, EC or Ed25519 key")


def _unusable(reason: str) -> ApiError:
    """Make the error of the configured file, which is named by its setting."""
    message = f"The file of C360_TOKEN_KEYS {reason}: name a JWKS or PEM file of public keys."
    return ApiError("KEYS_UNUSABLE", message)
