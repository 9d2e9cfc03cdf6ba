// SPDX-License-Identifier: GPL-3.0-or-later
#include "action_registry.h"

#include <QMenu>
#include <QWidget>

namespace nordlys::studio {
namespace {

QString withoutMnemonic(QString text)
{
    text.replace(QLatin1String("&&"), QChar(u'\uE000')); // a real ampersand, kept aside
    text.remove(QLatin1Char('&'));
    text.replace(QChar(u'\uE000'), QLatin1Char('&'));
    return text;
}

QString hoverText(const ActionSpec &spec, const QAction &action)
{
    const QString text = spec.tip.isEmpty() ? withoutMnemonic(action.text()) : spec.tip;
    if (action.shortcut().isEmpty())
        return text;
    return QStringLiteral("%1 (%2)").arg(text, action.shortcut().toString(QKeySequence::NativeText));
}

} // namespace

QAction *ActionRegistry::add(const ActionSpec &spec, std::function<void()> run)
{
    Q_ASSERT(!contains(spec.id));
    auto *action = new QAction(spec.text, this);
    action->setObjectName(spec.id);
    QList<QKeySequence> keys = spec.moreShortcuts;
    if (!spec.shortcut.isEmpty())
        keys.prepend(spec.shortcut);
    action->setShortcuts(keys);
    action->setShortcutContext(spec.context ? Qt::WidgetWithChildrenShortcut : Qt::WindowShortcut);
    action->setCheckable(spec.checkable);
    if (spec.icon)
        action->setIcon(icon(*spec.icon));
    action->setToolTip(hoverText(spec, *action));
    if (QWidget *owner = spec.context ? spec.context : qobject_cast<QWidget *>(parent()))
        owner->addAction(action);
    connect(action, &QAction::triggered, this, [run = std::move(run)] { run(); });
    connect(action, &QAction::changed, this, [this, id = spec.id] { Q_EMIT changed(id); });
    m_entries[spec.id] = {spec, action, {}};
    m_order.push_back(spec.id);
    Q_EMIT added(spec.id);
    return action;
}

QAction *ActionRegistry::action(const QString &id) const { return m_entries.at(id).action; }

const ActionSpec &ActionRegistry::spec(const QString &id) const { return m_entries.at(id).spec; }

void ActionRegistry::setReason(const QString &id, const QString &whyNot)
{
    Entry &entry = m_entries.at(id);
    entry.reason = whyNot;
    entry.action->setEnabled(whyNot.isEmpty());
    entry.action->setToolTip(whyNot.isEmpty() ? hoverText(entry.spec, *entry.action) : whyNot);
}

QString ActionRegistry::reason(const QString &id) const { return m_entries.at(id).reason; }

void ActionRegistry::setChecked(const QString &id, bool checked) { action(id)->setChecked(checked); }

QString ActionRegistry::plainText(const QString &id) const
{
    QString text = withoutMnemonic(action(id)->text());
    while (text.endsWith(QChar(0x2026)) || text.endsWith(QLatin1Char('.')))
        text.chop(1);
    return text;
}

QMenu *ActionRegistry::menu(const QStringList &ids, QWidget *parent) const
{
    auto *made = new QMenu(parent);
    made->setToolTipsVisible(true);
    for (const QString &id : ids) {
        if (id == QLatin1String("-"))
            made->addSeparator();
        else
            made->addAction(action(id));
    }
    return made;
}

void ActionRegistry::popup(const QStringList &ids, const QPoint &globalPos, QWidget *parent) const
{
    QMenu *shown = menu(ids, parent);
    shown->setAttribute(Qt::WA_DeleteOnClose);
    shown->exec(globalPos);
}

} // namespace nordlys::studio
