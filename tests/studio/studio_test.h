// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace nordlys::studio::test {

/// A Qt warning that contains `part` does not fail the running test (each warning fails it otherwise).
void expectQtWarning(const QString& part);

} // namespace nordlys::studio::test
