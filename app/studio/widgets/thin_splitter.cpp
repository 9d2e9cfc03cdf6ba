// SPDX-License-Identifier: GPL-3.0-or-later
#include "thin_splitter.h"

#include <QPainter>

#include <studio/look/theme.h>

namespace nordlys::studio {
namespace {

constexpr int grabMargin = 3; // at each side of the 1 px line

class ThinHandle : public QSplitterHandle
{
public:
    using QSplitterHandle::QSplitterHandle;

protected:
    void resizeEvent(QResizeEvent* event) override
    {
        // Not QSplitterHandle's: it sets smaller margins, and each change lays the splitter out anew.
        QWidget::resizeEvent(event);
        // The margins widen the handle over its neighbours; QSplitter lays out the contents rectangle only.
        setAttribute(Qt::WA_MouseNoMask, true);
        if (orientation() == Qt::Horizontal) {
            setContentsMargins(grabMargin, 0, grabMargin, 0);
        } else {
            setContentsMargins(0, grabMargin, 0, grabMargin);
        }
        setMask(QRegion(contentsRect()));
    }
    void paintEvent(QPaintEvent*) override
    {
        QPainter painter(this);
        painter.fillRect(contentsRect(), theme().border);
    }
};

} // namespace

ThinSplitter::ThinSplitter(Qt::Orientation orientation, QWidget* parent) : QSplitter(orientation, parent)
{
    setHandleWidth(1);
    setChildrenCollapsible(false);
}

QSplitterHandle* ThinSplitter::createHandle()
{
    return new ThinHandle(orientation(), this);
}

} // namespace nordlys::studio
