"""Every screen by keyboard alone: the skip link first, then every control in turn, each seen, up to the main action."""

from pathlib import Path

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

MOST_STEPS = 80
MAIN_ACTION = "main .button:not(.button--quiet, .button--plain, [disabled])"

FOCUSED = (Path(__file__).parent / "focused.js").read_text()


def walk(page, *, skipping: bool) -> list[str]:
    """Press Tab until the main action is reached, or to the end where there is none; return what is wrong."""
    page.keyboard.press("Tab")
    if not page.evaluate(FOCUSED, MAIN_ACTION)["isSkip"]:
        return ["the first stop is not the skip link"]
    if skipping:
        page.keyboard.press("Enter")
        if page.evaluate("document.activeElement.id") != "main":
            return ["the skip link does not move the focus to the content"]
    problems = []
    for _ in range(MOST_STEPS):
        page.keyboard.press("Tab")
        here = page.evaluate(FOCUSED, MAIN_ACTION)
        if here["isEnd"]:
            break
        problems += faults(here)
        if here["isMain"]:
            return problems
    return [*problems, "the main action is not reached"] if page.locator(MAIN_ACTION).count() else problems


def faults(here: dict) -> list[str]:
    if here["isForeign"]:
        return []
    found = {"no outline": not here["outlined"], "off the screen": not here["onScreen"], "covered": here["covered"]}
    return [f"{name}: {here['what']}" for name, is_so in found.items() if is_so]


@pytest.mark.parametrize("size", [(1280, 800), (360, 740)], ids=["desktop", "phone"])
def test_every_screen_can_be_walked_by_keyboard(look, size):
    problems = []
    for screen, page in look(viewport={"width": size[0], "height": size[1]}):
        problems += [f"{screen.name}: {one}" for one in walk(page, skipping=screen.name != "today")]
    assert not problems, "\n".join(problems)
