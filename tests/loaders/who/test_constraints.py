"""What may never be true of one person's records together."""

from hypothesis import given
from hypothesis import strategies as st

from loaders.who.constraints import Said, broken, clusters, violations

pairs = st.lists(st.tuples(st.sampled_from("abcdef"), st.sampled_from("uvwxyz")), max_size=8, unique=True)


def test_a_person_has_one_of_each_number() -> None:
    assert broken([Said(nhs="1"), Said(nhs="1"), Said()]) == ()
    assert broken([Said(nhs="1"), Said(nhs="2")]) == ("two NHS numbers",)
    assert broken([Said(upn="1"), Said(upn="2")]) == ("two UPNs",)


def test_one_birthday_may_be_mistaken_and_not_two() -> None:
    assert broken([Said(born="20200101"), Said(born="20200102")]) == ()
    assert broken([Said(born=day) for day in "123"]) == ("three dates of birth",)
    assert broken([Said(born=day) for day in "11123"]) == ()


def test_two_children_of_one_birth_are_never_one_person() -> None:
    assert broken([Said(given="amy", multiple=True), Said(given="eva", multiple=True)]) == (
        "two children of one birth",
    )
    assert broken([Said(given="amy", multiple=True), Said(given="amie")]) == ()


def test_all_links_of_a_person_who_breaks_one_are_doubted() -> None:
    said = {"a": Said(nhs="1"), "b": Said(nhs="2"), "c": Said(), "u": Said(), "v": Said()}

    found = violations([("a", "u"), ("b", "u"), ("c", "v")], said)

    assert found == {("a", "u"): "two NHS numbers", ("b", "u"): "two NHS numbers"}


@given(pairs)
def test_clusters_part_the_records(links: list[tuple[str, str]]) -> None:
    found = clusters(links)

    assert sum(map(len, found)) == len({record for link in links for record in link})
    assert all(any(set(link) <= cluster for cluster in found) for link in links)
    assert set(found) == set(clusters(reversed(links)))
