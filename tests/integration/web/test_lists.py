"""Addresses of the other pages and orders of a list."""

from flask import Flask

from app.web import paging


def test_another_page_keeps_the_filters(kit_app: Flask) -> None:
    with kit_app.test_request_context("/list?unit=waste&unit=housing&page=2"):
        assert paging.address(page=3) == "/list?unit=waste&unit=housing&page=3"


def test_another_filter_goes_back_to_the_first_page(kit_app: Flask) -> None:
    with kit_app.test_request_context("/list?unit=waste&page=7"):
        assert paging.address(state="new") == "/list?unit=waste&state=new"
        assert paging.address(unit=None) == "/list"


def test_nonsense_for_a_page_means_the_first(kit_app: Flask) -> None:
    for asked in ("x", "-5", "0", ""):
        with kit_app.test_request_context(f"/list?page={asked}"):
            assert paging.wanted().number == 1


def test_far_pages_are_a_gap_away() -> None:
    assert [step.number for step in paging.steps(10, 20)] == [1, None, 9, 10, 11, None, 20]
    assert [step.number for step in paging.steps(1, 3)] == [1, 2, 3]
    assert [step.number for step in paging.steps(3, 5)] == [1, 2, 3, 4, 5]
    assert [step.number for step in paging.steps(1, 1)] == [1]


def test_only_known_orders_are_taken(kit_app: Flask) -> None:
    choices = {"received": 1, "promised": 2}
    for asked, found in {
        "promised": ("promised", False),
        "-promised": ("promised", True),
        "password": ("received", True),
    }.items():
        with kit_app.test_request_context(f"/list?sort={asked}"):
            assert paging.order(choices, "-received") == found
