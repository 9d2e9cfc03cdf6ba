// SPDX-License-Identifier: GPL-3.0-or-later
#include "tensor_header.h"

#include <studio/look/icons.h>
#include <studio/look/metrics.h>
#include <studio/look/studio_style.h>
#include <studio/look/theme.h>
#include <studio/widgets/flow_row.h>
#include <studio/widgets/table_delegate.h>

#include <QHBoxLayout>
#include <QPainter>
#include <QToolButton>
#include <QVBoxLayout>

namespace nordlys::studio {

BackendTag::BackendTag(QWidget *parent) : QWidget(parent)
{
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
}

void BackendTag::setBackend(CellBackend backend, const QString &name)
{
    m_backend = backend;
    m_name = name;
    setAccessibleName(name);
    updateGeometry();
    update();
}

QSize BackendTag::sizeHint() const
{
    return m_name.isEmpty() ? QSize(0, metrics().chip) : QSize(QFontMetrics(uiFont(12)).horizontalAdvance(m_name) + 12, metrics().chip);
}

void BackendTag::paintEvent(QPaintEvent *)
{
    if (m_name.isEmpty())
        return;
    QPainter painter(this);
    if (const QColor colour = backendColour(m_backend); colour.isValid())
        painter.fillRect(QRect(0, (height() - 12) / 2, 4, 12), colour);
    painter.setFont(uiFont(12));
    painter.setPen(theme().text2);
    painter.drawText(rect().adjusted(9, 0, 0, 0), Qt::AlignLeft | Qt::AlignVCenter, m_name);
}

TensorHeader::TensorHeader(QWidget *parent)
    : QWidget(parent), name(new InkLabel(CellInk::Default, this)), shape(new InkLabel(CellInk::Note, this)), backend(new BackendTag(this)),
      lock(new QToolButton(this)), bits(new SegmentedControl(this)), symmetry(new SegmentedControl(this)), granularity(new SegmentedControl(this)),
      forms(new QWidget(this))
{
    name->setFont(uiFont(14, QFont::DemiBold));
    name->setElided(true);
    name->setObjectName(QStringLiteral("tensorName"));
    shape->setFont(monoFont(11));
    lock->setCheckable(true);
    lock->setIcon(icon(Icon::Lock));
    lock->setObjectName(QStringLiteral("tensorLock"));
    lock->setAccessibleName(tr("Lock"));
    setBarSize(lock);

    bits->setName(tr("Bits"));
    for (const int width : {4, 8, 16})
        bits->addChoice(QString::number(width), width);
    bits->addChoice(QStringLiteral("fp16"), Float16);
    bits->setObjectName(QStringLiteral("tensorBits"));
    symmetry->setName(tr("Symmetry"));
    symmetry->addChoice(tr("asymmetric"), 0);
    symmetry->addChoice(tr("symmetric"), 1);
    symmetry->setObjectName(QStringLiteral("tensorSymmetry"));
    granularity->setName(tr("Grids"));
    granularity->addChoice(tr("per tensor"), 0);
    granularity->addChoice(tr("channel"), 1);
    granularity->setObjectName(QStringLiteral("tensorGranularity"));

    auto *first = new QHBoxLayout;
    first->setSpacing(metrics().gap);
    first->addWidget(name, 1);
    first->addWidget(backend);
    first->addWidget(lock);
    auto *row = new FlowRow(forms);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(metrics().gap);
    row->setLastAtRight(true);
    for (QWidget *widget : std::initializer_list<QWidget *>{bits, symmetry, granularity, shape})
        row->addWidget(widget);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(metrics().dockMargin, metrics().gapSmall, metrics().dockMargin, metrics().gap);
    column->setSpacing(metrics().gapSmall);
    column->addLayout(first);
    column->addWidget(forms);
}

void TensorHeader::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.fillRect(rect(), theme().surface);
    painter.fillRect(0, height() - 1, width(), 1, theme().border);
}

} // namespace nordlys::studio
