// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <studio/look/icons.h>

#include <QAction>
#include <QKeySequence>
#include <QObject>

#include <functional>
#include <map>
#include <optional>
#include <vector>

namespace nordlys::studio {

/// One command of the window.
struct ActionSpec {
    QString id;   ///< "file.open"
    QString text; ///< translated, with mnemonic
    QKeySequence shortcut;
    std::optional<Icon> icon;
    bool checkable = false;
};

/// Every command is registered here once; menus, bars, shortcuts and lists are made from it. A disabled command says why.
class ActionRegistry : public QObject {
    Q_OBJECT

public:
    explicit ActionRegistry(QObject *parent = nullptr) : QObject(parent) {}

    QAction *add(const ActionSpec &spec, std::function<void()> run);
    /// Must exist.
    [[nodiscard]] QAction *action(const QString &id) const;
    [[nodiscard]] const std::vector<QString> &ids() const { return m_order; }
    /// An empty reason enables.
    void setReason(const QString &id, const QString &whyNot);
    [[nodiscard]] QString reason(const QString &id) const;

private:
    std::map<QString, QAction *> m_actions;
    std::map<QString, QString> m_reasons;
    std::vector<QString> m_order;
};

} // namespace nordlys::studio
