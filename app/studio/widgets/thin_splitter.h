// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QSplitter>

namespace nordlys::studio {

/// A splitter whose handle is a 1 px line that is caught within 7 px.
class ThinSplitter : public QSplitter
{
    Q_OBJECT

public:
    explicit ThinSplitter(Qt::Orientation orientation, QWidget* parent = nullptr);

protected:
    QSplitterHandle* createHandle() override;
};

} // namespace nordlys::studio
