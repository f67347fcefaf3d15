"""On a broker with users and rights each service does its own work, and nothing that is another's."""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from functools import partial
from pathlib import Path

import pytest
from kafka import KafkaAdminClient, TopicPartition
from kafka.admin import ACL, ACLOperation, ACLPermissionType, ResourcePattern, ResourceType
from kafka.errors import KafkaError

from cheqi.assembly import SERVICES
from shared.errors import ConfigurationError
from shared.messaging.bus import Record
from shared.messaging.kafka.access import Access
from shared.messaging.kafka.bus import KafkaBus
from shared.messaging.kafka.topics import Topics, topic_of
from shared.messaging.kafka.users import ALL_RIGHTS
from tests.containers.deployment import command
from tests.containers.docker import need_docker
from tests.containers.kafka import SecuredBroker
from tests.containers.patience import until
from tests.integration.kafka.secured import Town, secured_settings


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SecuredBroker]:
    """Return a broker on which `cheqi topics apply` has made users, topics and rights."""
    need_docker()
    folder = tmp_path_factory.mktemp("broker")
    one = SecuredBroker(folder)
    try:
        one.start()
        done = command(secured_settings(folder, one), "topics", "apply")
        assert done.exit_code == 0, done.output
        yield one
    finally:
        one.close()


@pytest.fixture
def town(broker: SecuredBroker, tmp_path: Path) -> Iterator[Town]:
    """Return services with empty stores."""
    one = Town(secured_settings(tmp_path, broker))
    yield one
    one.house.stop()


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give a broker two seconds to answer."""
    monkeypatch.setattr("shared.messaging.kafka.access.PATIENCE_MS", 2000)


def test_each_service_tells_and_hears_as_a_user_of_its_own(town: Town) -> None:
    town.verify_hazard()

    with ExitStack() as work:
        for name in SERVICES:
            work.enter_context(town.relaying(name))
        workers = [work.enter_context(town.hearing(name)) for name in SERVICES]
        until(lambda: all(one.joined for one in workers), 60)
        until(lambda: all("governance" in town.heard(name) for name in ("rewards", "notify")), 60)

    assert [reason for node in town.nodes.values() for reason in node.troubles] == []
    assert command(town.settings, "republish", "governance", "--json").stdout.count('"published": 1') == 1
    assert command(town.settings, "topics", "reset", "rewards").exit_code == 0


def test_each_service_may_do_what_it_hears_and_tells_and_nothing_else(town: Town) -> None:
    for name, node in town.nodes.items():
        with closing(KafkaBus(town.access(name))) as bus:
            written, read = allowed(partial(put_stray, bus)), allowed(bus.tail)

        assert written == {name}
        assert read == {name, *node.hears}
    assert "notify" not in town.nodes["rewards"].hears


def test_a_service_cannot_use_the_group_of_another(town: Town) -> None:
    topics, heard = Topics(town.access("rewards")), ["governance"]

    with pytest.raises(ConfigurationError, match=r"does not let cheqi_rewards do this.*Group"):
        topics.reset_offsets("notify", heard, {})
    with pytest.raises(ConfigurationError, match=r"does not let cheqi_rewards do this.*Group"):
        topics.lag("notify", heard, {})
    assert topics.reset_offsets("rewards", heard, {})


def test_a_service_can_neither_make_nor_change_nor_empty_topics(town: Town, broker: SecuredBroker) -> None:
    place = TopicPartition(topic_of("rewards"), 0)

    with pytest.raises(ConfigurationError, match="does not let cheqi_rewards"):
        Topics(town.access("rewards")).provision(["elsewhere"], 1)
    with closing(KafkaAdminClient(**town.access("rewards").arguments)) as admin:
        with pytest.raises(KafkaError):
            admin.delete_records({place: -1})
        with pytest.raises(KafkaError):
            admin.delete_topics([place.topic])
    with closing(broker.admin()) as admin:
        assert topic_of("rewards") in admin.list_topics()
        assert topic_of("elsewhere") not in admin.list_topics()


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("user", ["cheqi_rewards", "nobody"])
def test_a_wrong_password_and_an_unknown_user_are_refused_in_a_sentence(town: Town, user: str) -> None:
    file = town.settings.data.with_name("wrong")
    file.write_text("wrong")
    wrong = {"kafka_admin_user": user, "kafka_admin_password_file": file}

    done = command(town.settings.model_copy(update=wrong), "topics", "apply")

    assert done.exit_code == 2
    assert f"refuses the user {user} with the password that CHEQI_KAFKA_ADMIN_PASSWORD_FILE names" in done.stderr


@pytest.mark.usefixtures("impatient")
def test_a_client_that_does_not_say_who_it_is_gets_no_answer_and_is_told_what_to_set(broker: SecuredBroker) -> None:
    with pytest.raises(ConnectionError, match="CHEQI_KAFKA_USER where it asks who comes"):
        Topics(Access(broker.servers)).missing(["rewards"])


@pytest.mark.usefixtures("impatient")
def test_a_service_with_a_wrong_password_says_so_and_works_once_the_broker_has_it(town: Town) -> None:
    node = town.nodes["rewards"]

    with town.other_password("rewards"), town.relaying("rewards"), town.hearing("rewards") as worker:
        until(lambda: node.troubles and worker.applier.progress)
        said, ready, joined = list(node.troubles), node.health().ready, worker.joined
        assert command(town.settings, "topics", "apply").exit_code == 0
        until(lambda: worker.joined and not node.troubles, 60)

    assert (ready, joined) == (False, False)
    assert "refuses the user cheqi_rewards with the password that CHEQI_KAFKA_PASSWORD_FILE names" in said[0]


def test_applying_again_changes_nothing(town: Town, broker: SecuredBroker) -> None:
    before = rights_on(broker)

    again = command(town.settings, "topics", "apply", "--json")

    assert {row["state"] for row in json.loads(again.stdout)} == {"kept"}
    assert rights_on(broker) == before


def test_a_right_that_is_wanted_no_more_is_taken_away_and_those_of_others_stay(
    town: Town, broker: SecuredBroker
) -> None:
    before = rights_on(broker)
    given = [right(f"User:{user}", topic_of("notify")) for user in ("cheqi_rewards", "auditor")]
    with closing(broker.admin()) as admin:
        admin.create_acls(given)

    done = command(town.settings, "topics", "apply", "--json")

    changed = [row for row in json.loads(done.stdout) if row["state"] != "kept"]
    with closing(broker.admin()) as admin:
        left = rights_on(broker)
        admin.delete_acls(given[1:])
    assert changed == [{"kind": "user", "name": "cheqi_rewards", "state": "changed", "detail": "1 rights taken away"}]
    assert left == before | {given[1]}


def right(principal: str, topic: str) -> ACL:
    """Return the right to read a topic."""
    read, allow = ACLOperation.READ, ACLPermissionType.ALLOW
    return ACL(principal, "*", read, allow, ResourcePattern(ResourceType.TOPIC, topic))


def rights_on(broker: SecuredBroker) -> set[ACL]:
    """Return all rights that the broker knows."""
    with closing(broker.admin()) as admin:
        return set(admin.describe_acls(ALL_RIGHTS)[0])


def put_stray(bus: KafkaBus, source: str) -> None:
    """Put on a service's topic what is no event."""
    bus.publish(source, [Record("stray", "no event")]).result()


def allowed(attempt: Callable[[str], object]) -> set[str]:
    """Return the services of which the attempt is not refused."""
    return {name for name in SERVICES if not _is_refused(attempt, name)}


def _is_refused(attempt: Callable[[str], object], name: str) -> bool:
    try:
        attempt(name)
    except ConfigurationError:
        return True
    return False
