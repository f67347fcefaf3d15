"""Hashing passwords costs memory, so that few do it at once, and all come to their turn."""

from concurrent.futures import ThreadPoolExecutor, wait

from services.registration.identity.passwords import TURN, fits, hash_of

AT_ONCE = 0.2
WITHIN_S = 30.0


def test_what_is_hashed_beside_two_others_waits_for_its_turn() -> None:
    with ThreadPoolExecutor() as pool:
        with TURN, TURN:
            third = pool.submit(hash_of, "correct horse")
            early = wait([third], timeout=AT_ONCE).done

        kept = third.result(WITHIN_S)
        right, wrong = pool.submit(fits, kept, "correct horse"), pool.submit(fits, kept, "battery staple")

    assert not early
    assert (right.result(WITHIN_S), wrong.result(WITHIN_S)) == (True, False)
