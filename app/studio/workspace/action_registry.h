// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <studio/look/icons.h>

#include <QAction>
#include <QKeySequence>
#include <QList>
#include <QObject>
#include <QStringList>

#include <functional>
#include <map>
#include <optional>
#include <vector>

class QMenu;
class QPoint;
class QWidget;

namespace nordlys::studio {

/// One command of the window.
struct ActionSpec {
    QString id;   ///< "file.open"; unique
    QString text; ///< translated, with mnemonic
    QKeySequence shortcut{};
    std::optional<Icon> icon{};
    bool checkable = false;
    /// Where it stands in the menu bar: "file", "edit", "model", "quantize", "build", "run", "view", "help", or a submenu that
    /// window/menus.cpp names ("run/length"). Empty: by the first word of the id. Sorted by group, then by registration.
    QString menu{};
    /// Neighbours of different groups are divided by a line.
    int group = 0;
    /// Hover text while enabled, one sentence; empty: the text.
    QString tip{};
    /// More words that the palette finds it by, translated ("quantise ranges").
    QString tags{};
    QList<QKeySequence> moreShortcuts{};
    /// The shortcut works only while this widget or a child of it has the focus; null: in the whole window.
    QWidget *context = nullptr;
    /// It shows a view: listed with the views.
    bool isView = false;
};

/// Every command is registered here once; menus, bars, context menus, palette and shortcut sheet are made from it. A disabled
/// command says why. GUI thread.
class ActionRegistry : public QObject {
    Q_OBJECT

public:
    /// Actions without a context belong to `parent` if it is a widget.
    explicit ActionRegistry(QObject *parent = nullptr) : QObject(parent) {}

    /// The id must be new.
    QAction *add(const ActionSpec &spec, std::function<void()> run);
    /// Must exist.
    [[nodiscard]] QAction *action(const QString &id) const;
    [[nodiscard]] bool contains(const QString &id) const { return m_entries.contains(id); }
    [[nodiscard]] const ActionSpec &spec(const QString &id) const;
    /// In the order of registration.
    [[nodiscard]] const std::vector<QString> &ids() const { return m_order; }
    /// An empty reason enables. The reason is a sentence: "Open a model first."
    void setReason(const QString &id, const QString &whyNot);
    [[nodiscard]] QString reason(const QString &id) const;
    void setChecked(const QString &id, bool checked);
    /// Text without mnemonic and dots at the end.
    [[nodiscard]] QString plainText(const QString &id) const;

    /// A menu of registered actions, "-" being a line; the caller owns it. Disabled ones say why on hover.
    [[nodiscard]] QMenu *menu(const QStringList &ids, QWidget *parent) const;
    /// Shows such a menu at a point of the screen and returns when it is closed.
    void popup(const QStringList &ids, const QPoint &globalPos, QWidget *parent) const;

Q_SIGNALS:
    void added(const QString &id);
    /// Text, state or reason of an action changed.
    void changed(const QString &id);

private:
    struct Entry {
        ActionSpec spec;
        QAction *action = nullptr;
        QString reason;
    };
    std::map<QString, Entry> m_entries;
    std::vector<QString> m_order;
};

} // namespace nordlys::studio
