// SPDX-License-Identifier: GPL-3.0-or-later
#include "action_registry.h"

namespace nordlys::studio {
namespace {

QString withShortcut(const QAction &action, const QString &text)
{
    QString plain = text;
    plain.remove(QLatin1Char('&'));
    if (action.shortcut().isEmpty())
        return plain;
    return QStringLiteral("%1 (%2)").arg(plain, action.shortcut().toString(QKeySequence::NativeText));
}

} // namespace

QAction *ActionRegistry::add(const ActionSpec &spec, std::function<void()> run)
{
    auto *action = new QAction(spec.text, this);
    action->setObjectName(spec.id);
    action->setShortcut(spec.shortcut);
    action->setShortcutContext(Qt::WindowShortcut);
    action->setCheckable(spec.checkable);
    if (spec.icon)
        action->setIcon(icon(*spec.icon));
    action->setToolTip(withShortcut(*action, spec.text));
    connect(action, &QAction::triggered, this, [run = std::move(run)] { run(); });
    m_actions[spec.id] = action;
    m_order.push_back(spec.id);
    return action;
}

QAction *ActionRegistry::action(const QString &id) const { return m_actions.at(id); }

void ActionRegistry::setReason(const QString &id, const QString &whyNot)
{
    QAction *entry = action(id);
    m_reasons[id] = whyNot;
    entry->setEnabled(whyNot.isEmpty());
    entry->setToolTip(whyNot.isEmpty() ? withShortcut(*entry, entry->text()) : whyNot);
}

QString ActionRegistry::reason(const QString &id) const
{
    const auto found = m_reasons.find(id);
    return found == m_reasons.end() ? QString() : found->second;
}

} // namespace nordlys::studio
