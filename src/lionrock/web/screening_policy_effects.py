"""What a change of the policy does, in plain words, to be read before it is saved."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from uuid import UUID

from lionrock.screening.alerts.policy import Policy
from lionrock.web.changes import Change
from lionrock.web.i18n import Translator
from lionrock.web.screening_policy_forms import Settings, number


def of_policy(
    before: Policy, after: Policy, lists: Mapping[UUID, str], speak: Translator
) -> Iterator[Change]:
    _ = speak.gettext
    for label, was, now in (
        (_("To decide on a hit"), before.working_days, after.working_days),
        (_("Where only a weak alias is alike"), before.weak_working_days, after.weak_working_days),
    ):
        if was != now:
            yield Change(label, days(was, speak), days(now, speak), _sooner(now < was, speak))
    yield from _lists(before, after, lists, speak)
    if before.holidays != after.holidays:
        yield _holidays(set(before.holidays), set(after.holidays), speak)
    if before.clearance_days != after.clearance_days:
        yield _clearance(before.clearance_days, after.clearance_days, speak)
    if before.self_assignment != after.self_assignment:
        yield Change(
            _("Analysts take alerts that nobody has"), yes(before.self_assignment, speak),
            yes(after.self_assignment, speak),
            _("Analysts take alerts from the queue themselves. They see no name before they have taken one.")
            if after.self_assignment
            else _("A reviewer gives alerts out; analysts take none themselves. Who has one keeps it."),
        )  # fmt: skip
    if before.reporting_entity != after.reporting_entity:
        yield Change(
            _("Reporting entity"), before.reporting_entity or "–", after.reporting_entity or "–",
            _("Drafts that are begun from now on carry this name. Those that there are stay as they are."),
        )  # fmt: skip


def of_list(
    before: Settings, after: Settings, default: float, speak: Translator
) -> Iterator[Change]:
    """`default`: the engine's threshold, which counts where a list has none."""
    _ = speak.gettext
    if before.name != after.name:
        effect = _("Only what it is called. Nothing is screened again.")
        yield Change(_("Name"), before.name, after.name, effect)
    if before.active != after.active:
        yield Change(
            _("In use"), yes(before.active, speak), yes(after.active, speak),
            _(
                "Names, files and payments are screened against it again, and so is "
                "every customer: its hits raise alerts."
            )
            if after.active
            else _(
                "Nothing is screened against it any more. Its hits on customers go, "
                "and alerts with no other hit are withdrawn, unless they were "
                "escalated. The list and its versions stay."
            ),
        )  # fmt: skip
    was, now = before.threshold or default, after.threshold or default
    if before.threshold != after.threshold:
        told = [threshold(t, default, speak) for t in (before.threshold, after.threshold)]
        yield Change(_("Threshold"), told[0], told[1], _moved(was, now, speak), thresholds=True)
    types = before.type_thresholds.keys() | after.type_thresholds.keys()
    for type in sorted(types):
        old, new = before.type_thresholds.get(type), after.type_thresholds.get(type)
        if old != new:
            told = [_("as the list") if t is None else number(t) for t in (old, new)]
            effect = _moved(was if old is None else old, now if new is None else new, speak)
            label = _("for %(type)s", type=type) if type else _("for customers without a type")
            yield Change(label, told[0], told[1], effect, thresholds=True)


def days(count: int, speak: Translator) -> str:
    if count == 0:
        return speak.gettext("the same working day")
    return speak.ngettext("%(count)s working day", "%(count)s working days", count)


def yes(value: bool, speak: Translator) -> str:
    return speak.gettext("yes") if value else speak.gettext("no")


def threshold(own: float | None, default: float, speak: Translator) -> str:
    """A list's threshold; without its own the engine's, which is said."""
    if own is not None:
        return number(own)
    return speak.gettext("%(threshold)s, the engine's", threshold=number(default))


def _moved(was: float, now: float, speak: Translator) -> str:
    if now < was:
        return speak.gettext(
            "More alerts: names that are less alike hit too. Fewer true matches are "
            "missed. Customers are screened again."
        )
    if now > was:
        return speak.gettext(
            "Fewer alerts: only names that are more alike hit. A true match that is "
            "written differently may be missed. Customers are screened again: hits "
            "below it go, and alerts with no other hit are withdrawn, unless they "
            "were escalated."
        )
    return speak.gettext(
        "The number stays the same; customers are screened again all the same. From "
        "now on it is the list's own."
    )


def _sooner(sooner: bool, speak: Translator) -> str:
    if sooner:
        return speak.gettext("New hits are due sooner. Alerts that there are keep their time.")
    return speak.gettext("New hits may wait longer. Alerts that there are keep their time.")


def _lists(
    before: Policy, after: Policy, lists: Mapping[UUID, str], speak: Translator
) -> Iterator[Change]:
    was, now = before.list_working_days, after.list_working_days
    for id in sorted(was.keys() | now.keys(), key=lambda i: lists.get(i, "")):
        old, new = was.get(id), now.get(id)
        if old == new:
            continue
        told = [
            speak.gettext("as other lists") if d is None else days(d, speak) for d in (old, new)
        ]
        left = [
            before.working_days if old is None else old,
            after.working_days if new is None else new,
        ]
        effect = _sooner(left[1] < left[0], speak)
        yield Change(lists.get(id, str(id)[:8]), told[0], told[1], effect)


def _holidays(was: set[date], now: set[date], speak: Translator) -> Change:
    added, gone = sorted(now - was), sorted(was - now)
    effects = []
    if added:
        said = _some(added, speak)
        effects.append(
            speak.gettext("No working days from now on: %(days)s. New hits are due later over them.", days=said)
        )  # fmt: skip
    if gone:
        said = _some(gone, speak)
        effects.append(
            speak.gettext("Working days from now on: %(days)s. New hits are due sooner over them.", days=said)
        )  # fmt: skip
    effects.append(speak.gettext("Alerts that there are keep their time."))
    told = [speak.ngettext("%(count)s day", "%(count)s days", len(d)) for d in (was, now)]
    return Change(speak.gettext("Holidays"), told[0], told[1], " ".join(effects))


def _some(found: list[date], speak: Translator) -> str:
    shown = ", ".join(speak.day(day) for day in found[:5])
    if len(found) > 5:
        more = speak.ngettext("and %(count)s more", "and %(count)s more", len(found) - 5)
        return f"{shown}, {more}"
    return shown


def _clearance(was: int, now: int, speak: Translator) -> Change:
    told = [speak.ngettext("%(count)s day", "%(count)s days", d) for d in (was, now)]
    if now < was:
        effect = speak.gettext(
            "New clearances end sooner, so pairs that were false positives are asked "
            "about again earlier. Clearances that there are keep their end."
        )
    else:
        effect = speak.gettext(
            "New clearances last longer, so pairs that were false positives stay "
            "quiet for longer. Clearances that there are keep their end."
        )
    return Change(speak.gettext("A cleared pair stays cleared"), told[0], told[1], effect)
