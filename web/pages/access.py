"""Setting up, signing in and out, and another password."""

from __future__ import annotations

import logging
from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user, logout_user

from web.gate import KnownBrowsers, access, is_local, place_asked_for, public, sign_in
from web.passwords import SHORTEST, Weakness, weakness_of

log = logging.getLogger(__name__)

pages = Blueprint("access", __name__)


@pages.route("/set-up", methods=["GET", "POST"])
@public
def set_up() -> ResponseReturnValue:
    """The first start: choose the owner's password."""
    owner = access().owner
    if owner.exists:
        return redirect(url_for("access.sign_in_page"))
    if not owner.may_be_set_up:
        return render_template("access/closed.html"), 403
    needs_code = not is_local()
    if request.method == "GET":
        return _set_up_page(needs_code)
    if needs_code:
        if not access().limits.may_try(request.remote_addr or "", is_known=False):
            return _set_up_page(needs_code, _too_many()), 429
        if not owner.is_code(request.form.get("code", "")):
            log.warning("A wrong set-up code from %s", request.remote_addr)
            return _set_up_page(needs_code, _("That is not the set-up code. Look at it again and type it anew.")), 403
    mistake = _mistake_in_new_password()
    if mistake is not None:
        return _set_up_page(needs_code, mistake), 400
    if not owner.set_up(request.form["password"]):
        return redirect(url_for("access.sign_in_page"))
    return _signed_in()


@pages.route("/sign-in", methods=["GET", "POST"])
@public
def sign_in_page() -> ResponseReturnValue:
    """Ask for the password."""
    if not access().owner.exists:
        return redirect(url_for("access.set_up"))
    if current_user.is_authenticated and request.method == "GET":
        return redirect(place_asked_for())
    if request.method == "GET":
        return render_template("access/sign_in.html")
    if not access().limits.may_try(request.remote_addr or "", is_known=_known().is_known()):
        log.warning("Too many wrong passwords; one from %s was not looked at", request.remote_addr)
        return render_template("access/sign_in.html", mistake=_too_many()), 429
    if not access().owner.is_password(request.form.get("password", "")):
        log.warning("A wrong password from %s", request.remote_addr)
        mistake = _("That is not the password. Try again; mind capital letters and the keyboard's language.")
        return render_template("access/sign_in.html", mistake=mistake), 403
    return _signed_in()


@pages.post("/sign-out")
def sign_out() -> ResponseReturnValue:
    """End the session, here and wherever else somebody is signed in."""
    access().book.end_all()
    logout_user()
    flash(_("You are signed out, on every device."))
    return redirect(url_for("access.sign_in_page"))


@pages.route("/password", methods=["GET", "POST"])
def change_password() -> ResponseReturnValue:
    """Another password for the owner."""
    if request.method == "GET":
        return render_template("access/password.html", shortest=SHORTEST)
    if not access().limits.may_try(request.remote_addr or "", is_known=True):
        return render_template("access/password.html", shortest=SHORTEST, mistake=_too_many()), 429
    if not access().owner.is_password(request.form.get("old", "")):
        log.warning("A wrong old password from %s", request.remote_addr)
        mistake: str | None = _("The old password is not right.")
    else:
        mistake = _mistake_in_new_password()
    if mistake is not None:
        return render_template("access/password.html", shortest=SHORTEST, mistake=mistake), 400
    access().owner.change(request.form["password"])
    access().book.end_all()
    flash(_("The password is changed. Everybody else has to sign in with it."))
    return _signed_in()


def _set_up_page(needs_code: bool, mistake: str | None = None) -> str:
    return render_template(
        "access/set_up.html",
        needs_code=needs_code,
        code_file=access().owner.code_file,
        shortest=SHORTEST,
        mistake=mistake,
    )


def _signed_in() -> Any:
    sign_in()
    return _known().remember(redirect(place_asked_for()))


def _known() -> KnownBrowsers:
    known: KnownBrowsers = current_app.extensions["porter_known"]
    return known


def _mistake_in_new_password() -> str | None:
    password = request.form.get("password", "")
    if password != request.form.get("again", ""):
        return _("The two passwords differ. Type the same one twice.")
    match weakness_of(password):
        case Weakness.SHORT:
            return _(
                "This is too short. Take at least %(count)d characters; a few unrelated words are easy to remember.",
                count=SHORTEST,
            )
        case Weakness.LONG:
            return _("This is longer than any password needs to be. Take a shorter one.")
        case Weakness.TRIVIAL:
            return _("This is easily guessed. Take a few unrelated words, such as no song or saying has.")
    return None


def _too_many() -> str:
    return _("There were too many wrong tries. Wait a minute and try again.")
