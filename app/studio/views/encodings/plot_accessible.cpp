// SPDX-License-Identifier: GPL-3.0-or-later
#include "plot_accessible.h"

#include "channel_strip.h"
#include "histogram_plot.h"

#include <QAccessibleValueInterface>
#include <QAccessibleWidget>

namespace nordlys::studio {
namespace {

class HistogramAccessible : public QAccessibleWidget, public QAccessibleValueInterface {
public:
    explicit HistogramAccessible(HistogramPlot *plot) : QAccessibleWidget(plot, QAccessible::Slider), m_plot(*plot) {}

    [[nodiscard]] QString text(QAccessible::Text kind) const override
    {
        return kind == QAccessible::Value ? m_plot.valueText() : QAccessibleWidget::text(kind);
    }
    void *interface_cast(QAccessible::InterfaceType type) override
    {
        return type == QAccessible::ValueInterface ? static_cast<QAccessibleValueInterface *>(this) : QAccessibleWidget::interface_cast(type);
    }
    [[nodiscard]] QVariant currentValue() const override
    {
        const auto range = m_plot.range();
        return range ? QVariant(isMin() ? range->first : range->second) : QVariant();
    }
    void setCurrentValue(const QVariant &value) override
    {
        const auto range = m_plot.range();
        if (range && m_plot.canMove(isMin() ? HistogramPlot::Handle::Min : HistogramPlot::Handle::Max))
            Q_EMIT m_plot.rangeCommitted(isMin() ? value.toDouble() : range->first, isMin() ? range->second : value.toDouble());
    }
    [[nodiscard]] QVariant minimumValue() const override { return isMin() ? m_plot.valueAt(m_plot.plotArea().left()) : 0.0; }
    [[nodiscard]] QVariant maximumValue() const override { return isMin() ? 0.0 : m_plot.valueAt(m_plot.plotArea().right()); }
    [[nodiscard]] QVariant minimumStepSize() const override { return m_plot.step(); }

private:
    [[nodiscard]] bool isMin() const { return m_plot.activeHandle() == HistogramPlot::Handle::Min; }

    HistogramPlot &m_plot;
};

class StripAccessible : public QAccessibleWidget {
public:
    explicit StripAccessible(ChannelStrip *strip) : QAccessibleWidget(strip, QAccessible::Slider), m_strip(*strip) {}

    [[nodiscard]] QString text(QAccessible::Text kind) const override
    {
        return kind == QAccessible::Value ? m_strip.describe(m_strip.channel()) : QAccessibleWidget::text(kind);
    }

private:
    ChannelStrip &m_strip;
};

QAccessibleInterface *make(const QString &, QObject *object)
{
    if (auto *plot = qobject_cast<HistogramPlot *>(object))
        return new HistogramAccessible(plot);
    if (auto *strip = qobject_cast<ChannelStrip *>(object))
        return new StripAccessible(strip);
    return nullptr;
}

} // namespace

void installPlotAccessibility()
{
    static const bool installed = [] {
        QAccessible::installFactory(make);
        return true;
    }();
    (void)installed;
}

} // namespace nordlys::studio
