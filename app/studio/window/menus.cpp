// SPDX-License-Identifier: GPL-3.0-or-later
#include "menus.h"

#include <QMenu>
#include <QTimer>

#include <algorithm>

namespace nordlys::studio {
namespace {

struct MenuSpec {
    const char *id;
    const char *title;
    int group = 0;           ///< of a submenu within its menu
    const char *before = ""; ///< the submenu stands above this action of its group
};

constexpr MenuSpec kMenus[] = {
    {"file", QT_TRANSLATE_NOOP("nordlys::studio::Menus", "&File")},
    {"edit", QT_TRANSLATE_NOOP("nordlys::studio::Menus", "&Edit")},
    {"model", QT_TRANSLATE_NOOP("nordlys::studio::Menus", "&Model")},
    {"quantize", QT_TRANSLATE_NOOP("nordlys::studio::Menus", "&Quantize")},
    {"build", QT_TRANSLATE_NOOP("nordlys::studio::Menus", "&Build")},
    {"run", QT_TRANSLATE_NOOP("nordlys::studio::Menus", "&Run")},
    {"view", QT_TRANSLATE_NOOP("nordlys::studio::Menus", "&View")},
    {"help", QT_TRANSLATE_NOOP("nordlys::studio::Menus", "&Help")},
    {"file/recent", QT_TRANSLATE_NOOP("nordlys::studio::Menus", "Open re&cent"), 0, "file.openSample"},
    {"run/length", QT_TRANSLATE_NOOP("nordlys::studio::Menus", "&Length of a run"), 1},
    {"view/theme", QT_TRANSLATE_NOOP("nordlys::studio::Menus", "&Theme"), 2},
};

struct Item {
    int group;
    QAction *action;
};

} // namespace

Menus::Menus(const ActionRegistry &actions, QWidget *parent) : QObject(parent), m_actions(actions)
{
    for (const MenuSpec &spec : kMenus) {
        const QString id = QString::fromLatin1(spec.id);
        auto *menu = new QMenu(tr(spec.title), parent);
        menu->setObjectName(QStringLiteral("menu.") + id);
        menu->setToolTipsVisible(true);
        m_menus[id] = menu;
        if (!id.contains(QLatin1Char('/')))
            m_bar << menu->menuAction();
    }
    connect(&actions, &ActionRegistry::added, this, [this] {
        if (!m_fillsSoon)
            QTimer::singleShot(0, this, &Menus::fill);
        m_fillsSoon = true;
    });
    fill();
}

QMenu *Menus::menu(const QString &id) const
{
    const auto found = m_menus.find(id);
    return found == m_menus.end() ? nullptr : found->second;
}

QString Menus::menuOf(const ActionSpec &spec) const
{
    if (m_menus.contains(spec.menu))
        return spec.menu;
    const QString first = spec.id.section(QLatin1Char('.'), 0, 0);
    return m_menus.contains(first) ? first : QStringLiteral("view");
}

void Menus::fill()
{
    m_fillsSoon = false;
    std::map<QString, std::vector<Item>> items;
    for (const QString &id : m_actions.ids()) {
        const ActionSpec &spec = m_actions.spec(id);
        items[menuOf(spec)].push_back({spec.group, m_actions.action(id)});
    }
    for (const MenuSpec &spec : kMenus) {
        const QString id = QString::fromLatin1(spec.id);
        const qsizetype slash = id.indexOf(QLatin1Char('/'));
        if (slash < 0)
            continue;
        std::vector<Item> &parent = items[id.left(slash)];
        const auto at = std::ranges::find(parent, QString::fromLatin1(spec.before),
                                          [](const Item &item) { return item.action->objectName(); });
        parent.insert(at, {spec.group, m_menus.at(id)->menuAction()});
    }
    for (auto &[id, entries] : items) {
        std::ranges::stable_sort(entries, {}, &Item::group);
        QMenu *menu = m_menus.at(id);
        // The entries of a dynamic menu (recent files) are not ours.
        if (entries.empty())
            continue;
        menu->clear();
        for (std::size_t i = 0; i < entries.size(); ++i) {
            if (i > 0 && entries[i].group != entries[i - 1].group)
                menu->addSeparator();
            menu->addAction(entries[i].action);
        }
    }
    for (const auto &[id, menu] : m_menus)
        menu->menuAction()->setVisible(id == QLatin1String("file/recent") || items.contains(id));
}

} // namespace nordlys::studio
