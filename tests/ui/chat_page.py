"""The chat page as a person uses it: what the tests click, type and read."""

from playwright.sync_api import Locator, Page, expect

from tests.support.browser import PATIENCE

expect.set_options(timeout=PATIENCE)


class ChatPage:
    def __init__(self, page: Page) -> None:
        self.page = page
        self.box = page.get_by_label("Your message")
        self.send_button = page.get_by_role("button", name="Send", exact=True)
        self.stop_button = page.get_by_role("button", name="Stop", exact=True)
        self.log = page.get_by_role("log")
        self.said = page.locator("#chat .user.message .message-content")
        self.replies = page.locator("#chat .bot.message .message-content")
        self.steps = page.locator("#chat .thought-group > .title")
        self.plans = page.locator("#plans .plan")
        self.conversations = page.locator("#talks li")
        # One can type when the page knows its conversation.
        expect(self.box).to_be_editable()
        expect(self.send_button.or_(self.stop_button)).to_be_visible()

    def say(self, text: str) -> None:
        """Type a message and send it."""
        self.box.fill(text)
        self.box.press("Enter")

    def ask(self, text: str, answer: str) -> None:
        """Say something and wait until the whole answer is there."""
        self.say(text)
        expect(self.said.last).to_have_text(text)
        expect(self.replies.last).to_contain_text(answer)
        expect(self.send_button).to_be_visible()

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name)

    def open_step(self, number: int) -> Locator:
        """Open a step; its content."""
        self.steps.nth(number).click()
        return self.page.locator("#chat .thought-group").nth(number).locator(".content")

    def scrolls_sideways(self) -> bool:
        return bool(self.page.evaluate("document.documentElement.scrollWidth > window.innerWidth"))
