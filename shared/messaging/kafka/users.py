"""Users of Kafka: one for each service, with the rights that are named here and no others."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from kafka import KafkaAdminClient
from kafka.admin import (
    ACL,
    ACLFilter,
    ACLOperation,
    ACLPermissionType,
    ACLResourcePatternType,
    ResourcePattern,
    ResourcePatternFilter,
    ResourceType,
    UserScramCredentialUpsertion,
)
from kafka.errors import KafkaError, SecurityDisabledError

from shared.errors import ConfigurationError
from shared.messaging.kafka.access import MECHANISM, Access, Login
from shared.messaging.kafka.topics import Provision, group_of, topic_of

ANYTHING = ResourcePatternFilter(ResourceType.ANY, None, ACLResourcePatternType.ANY)
ALL_RIGHTS = ACLFilter(None, None, ACLOperation.ANY, ACLPermissionType.ANY, ANYTHING)


@dataclass(frozen=True)
class User:
    """A service as Kafka knows it, and the publishers that it hears."""

    login: Login
    service: str
    hears: frozenset[str]

    @property
    def principal(self) -> str:
        """The name by which rights are given."""
        return f"User:{self.login.user}"

    def rights(self) -> set[ACL]:
        """Return all that the user may do; who may read or write a topic or a group may also look at it."""
        own, topic = topic_of(self.service), ResourceType.TOPIC
        return {
            self._right(ACLOperation.WRITE, topic, own),
            self._right(ACLOperation.READ, ResourceType.GROUP, group_of(self.service)),
            # A relay compares the last events of its own topic with its log.
            *(self._right(ACLOperation.READ, topic, topic_of(one)) for one in {self.service, *self.hears}),
        }

    def _right(self, operation: ACLOperation, kind: ResourceType, name: str) -> ACL:
        return ACL(self.principal, "*", operation, ACLPermissionType.ALLOW, ResourcePattern(kind, name))


def apply_users(access: Access, users: Iterable[User]) -> list[Provision]:
    """Make users and rights that are missing, set the passwords, and take away what is not wanted any more.

    Done again it changes nothing; rights of others are left alone. Raises ConfigurationError where the broker refuses
    it, or gives every right to everybody, and ConnectionError where it cannot be reached.
    """
    with access.administering() as admin:
        try:
            given, _ = admin.describe_acls(ALL_RIGHTS)
        except SecurityDisabledError as error:
            message = (
                f"Kafka at {access.servers} gives every right to everybody; "
                f"start it with an authorizer, or unset CHEQI_KAFKA_USER"
            )
            raise ConfigurationError(message) from error
        known = admin.describe_user_scram_credentials()
        return [_apply(admin, user, set(given), is_new=user.login.user not in known) for user in users]


def _apply(admin: KafkaAdminClient, user: User, given: set[ACL], *, is_new: bool) -> Provision:
    name, wanted = user.login.user, user.rights()
    held = {one for one in given if one.principal == user.principal}
    _set_password(admin, user.login)
    _give(admin, sorted(wanted - held, key=str))
    _take(admin, sorted(held - wanted, key=str))
    detail = "; ".join(_told(gained=len(wanted - held), lost=len(held - wanted)))
    return Provision("user", name, "made" if is_new else "changed" if detail else "kept", detail)


def _told(*, gained: int, lost: int) -> Iterator[str]:
    if gained:
        yield f"{gained} rights given"
    if lost:
        yield f"{lost} rights taken away"


def _set_password(admin: KafkaAdminClient, login: Login) -> None:
    told = admin.alter_user_scram_credentials([UserScramCredentialUpsertion(login.user, MECHANISM, login.password)])
    if told[login.user] is not None:
        message = f"Kafka does not take the password of {login.user} that {login.setting} names: {told[login.user]}"
        raise ConfigurationError(message)


def _give(admin: KafkaAdminClient, rights: list[ACL]) -> None:
    failed = admin.create_acls(rights)["failed"] if rights else []
    if failed:
        raise failed[0]


def _take(admin: KafkaAdminClient, rights: list[ACL]) -> None:
    for _, _, error in admin.delete_acls(rights) if rights else ():
        if issubclass(error, KafkaError) and error.errno:
            raise error
