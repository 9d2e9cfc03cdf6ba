// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QLocale>

namespace nordlys::studio {

/// Registers the icons (:/icons) and translations (:/i18n) of this static library. May be called any number of times.
void initStudioResources();

/// Loads the studio's and Qt's own texts for `locale` into the application and makes `locale` the default for numbers.
/// Languages: English (source text), Norwegian Bokmål (nb, also chosen for no and nn). Returns whether a translation was
/// loaded; English needs none. A later call replaces the earlier one.
bool installTranslation(const QLocale& locale);

} // namespace nordlys::studio
