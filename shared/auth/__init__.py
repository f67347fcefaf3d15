"""Who is asking, and what they may do."""

from shared.auth.authorize import authorize, office_of, scope_of
from shared.auth.principal import OFFICES, STAFF, Principal, Role
from shared.auth.verifier import TokenVerifier

__all__ = ["OFFICES", "STAFF", "Principal", "Role", "TokenVerifier", "authorize", "office_of", "scope_of"]
