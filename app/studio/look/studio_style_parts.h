// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStyleOption>
#include <QWidget>

namespace nordlys::studio {

// Helpers shared by the parts of StudioStyle.

inline bool flag(const QWidget* widget, const char* property)
{
    return widget != nullptr && widget->property(property).toBool();
}

inline bool isOn(const QStyleOption& option, QStyle::StateFlag state)
{
    return option.state.testFlag(state);
}

} // namespace nordlys::studio
