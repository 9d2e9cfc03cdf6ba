// SPDX-License-Identifier: GPL-3.0-or-later
#include "channel_strip.h"

#include "plot_accessible.h"

#include <studio/look/metrics.h>
#include <studio/look/number_format.h>
#include <studio/look/studio_style.h>
#include <studio/look/theme.h>

#include <QAccessible>
#include <QHelpEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QToolTip>

#include <algorithm>
#include <numeric>

namespace nordlys::studio {
namespace {

constexpr int kNamedOutliers = 3;

} // namespace

ChannelSpread spreadOf(std::vector<double> min, std::vector<double> max)
{
    ChannelSpread result;
    const std::size_t count = std::min(min.size(), max.size());
    min.resize(count);
    max.resize(count);
    result.min = std::move(min);
    result.max = std::move(max);
    if (count == 0)
        return result;
    std::vector<double> widths(count);
    for (std::size_t i = 0; i < count; ++i)
        widths[i] = result.max[i] - result.min[i];
    std::vector<double> sorted = widths;
    std::ranges::sort(sorted);
    result.median = count % 2 == 1 ? sorted[count / 2] : (sorted[count / 2 - 1] + sorted[count / 2]) / 2;
    if (result.median > 0) {
        for (std::size_t i = 0; i < count; ++i) {
            if (widths[i] > ChannelSpread::outlierFactor * result.median)
                result.outliers.push_back(static_cast<int>(i));
        }
        std::ranges::stable_sort(result.outliers, std::greater{}, [&](int channel) { return widths[static_cast<std::size_t>(channel)]; });
    }
    return result;
}

ChannelStrip::ChannelStrip(QWidget *parent) : QWidget(parent)
{
    installPlotAccessibility();
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(true);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    setAccessibleName(tr("Range per channel"));
    setFocusRing(this);
}

QSize ChannelStrip::sizeHint() const { return {scaled(400), scaled(38)}; }

QSize ChannelStrip::minimumSizeHint() const { return {scaled(120), scaled(38)}; }

QRect ChannelStrip::bar() const { return {0, scaled(3), width(), scaled(18)}; }

void ChannelStrip::setSpread(const ChannelSpread &spread)
{
    if (spread == m_spread)
        return;
    m_spread = spread;
    m_hovered = -1;
    if (m_channel >= spread.count())
        m_channel = -1;
    setAccessibleDescription(summary());
    update();
}

void ChannelStrip::setChannel(int channel)
{
    channel = channel >= 0 && channel < m_spread.count() ? channel : -1;
    if (channel == m_channel)
        return;
    m_channel = channel;
    QAccessibleValueChangeEvent told(this, describe(channel));
    QAccessible::updateAccessibility(&told);
    update();
}

void ChannelStrip::choose(int channel)
{
    setChannel(channel);
    Q_EMIT channelSelected(m_channel);
}

QString ChannelStrip::summary() const
{
    QString text = m_spread.count() == 1 ? tr("1 channel") : tr("%1 channels").arg(formatCount(m_spread.count()));
    const auto outliers = static_cast<int>(m_spread.outliers.size());
    if (outliers == 0)
        return text + QStringLiteral(", ") + tr("no outliers");
    QStringList named;
    for (int i = 0; i < std::min(outliers, kNamedOutliers); ++i)
        named << QString::number(m_spread.outliers[static_cast<std::size_t>(i)]);
    if (outliers > kNamedOutliers)
        named << QStringLiteral("…");
    const QString names = named.join(QStringLiteral(", "));
    return text + QStringLiteral(", ") + (outliers == 1 ? tr("1 outlier: ch %1").arg(names) : tr("%1 outliers: ch %2").arg(formatCount(outliers), names));
}

QString ChannelStrip::describe(int channel) const
{
    if (channel < 0 || channel >= m_spread.count())
        return {};
    const auto at = static_cast<std::size_t>(channel);
    const double width = m_spread.width(channel);
    const int decimals = width >= 1 ? 1 : width >= 0.1 ? 2 : 4;
    QString text = tr("ch %1: %2").arg(QString::number(channel), formatRange(m_spread.min[at], m_spread.max[at], decimals));
    if (m_spread.median > 0)
        text += QStringLiteral(", ") + tr("%1× the median").arg(formatSignificant(width / m_spread.median, 2, 2));
    return text;
}

QRect ChannelStrip::rectOf(int channel) const
{
    const QRect whole = bar();
    const int count = std::max(1, m_spread.count());
    const int left = static_cast<int>(static_cast<qint64>(channel) * whole.width() / count);
    const int next = static_cast<int>(static_cast<qint64>(channel + 1) * whole.width() / count);
    return {whole.left() + left, whole.top(), std::max(1, next - left), whole.height()};
}

int ChannelStrip::channelAt(const QPoint &at) const
{
    const QRect whole = bar();
    const int count = m_spread.count();
    if (count == 0 || whole.width() <= 0 || at.x() < whole.left() || at.x() > whole.right())
        return -1;
    // Channels whose first pixel is this one, or, where they are wider, the one that covers it.
    const qint64 pixel = at.x() - whole.left();
    const int first = static_cast<int>((pixel * count) / whole.width());
    const int last = std::min(count - 1, std::max(first, static_cast<int>(((pixel + 1) * count - 1) / whole.width())));
    int widest = first;
    if (whole.width() < count) {
        for (int channel = first; channel <= last; ++channel) {
            if (m_spread.width(channel) > m_spread.width(widest))
                widest = channel;
        }
    } else {
        // Rounding of rectOf().
        for (int channel = std::max(0, first - 1); channel <= std::min(count - 1, first + 1); ++channel) {
            if (rectOf(channel).left() <= at.x() && at.x() <= rectOf(channel).right())
                widest = channel;
        }
    }
    return widest;
}

void ChannelStrip::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    const QRect whole = bar();
    const int count = m_spread.count();
    if (count == 0)
        return;
    double most = 0;
    for (int channel = 0; channel < count; ++channel)
        most = std::max(most, m_spread.width(channel));
    const auto colour = [&](double width) { return theme().errorRamp.at(theme().errorRamp.indexOf(most > 0 ? width / most : 0)); };
    if (count <= whole.width()) {
        for (int channel = 0; channel < count; ++channel)
            painter.fillRect(rectOf(channel), colour(m_spread.width(channel)));
    } else {
        std::vector<double> widest(static_cast<std::size_t>(whole.width()), 0);
        for (int channel = 0; channel < count; ++channel) {
            double &pixel = widest[static_cast<std::size_t>(static_cast<qint64>(channel) * whole.width() / count)];
            pixel = std::max(pixel, m_spread.width(channel));
        }
        for (int x = 0; x < whole.width(); ++x)
            painter.fillRect(whole.left() + x, whole.top(), 1, whole.height(), colour(widest[static_cast<std::size_t>(x)]));
    }
    for (const int outlier : m_spread.outliers) {
        const QRect place = rectOf(outlier);
        painter.fillRect(QRect(place.center().x() - 1, 0, 2, scaled(2)), theme().text);
    }
    const int shown = m_hovered >= 0 ? m_hovered : m_channel;
    if (m_channel >= 0) {
        const QRect place = rectOf(m_channel).adjusted(-2, -1, 2, 1);
        painter.setPen(QPen(theme().text, 1));
        painter.setBrush(Qt::NoBrush);
        painter.drawRect(place.adjusted(0, 0, -1, -1));
    }
    painter.setFont(monoFont(10));
    const QFontMetrics letters(painter.font());
    const int y = whole.bottom() + scaled(4);
    const QString last = QString::number(count - 1);
    QRect text(0, y, width(), letters.height());
    int free = 0, end = width();
    if (shown >= 0) {
        const QString said = describe(shown);
        const int wide = letters.horizontalAdvance(said), x = rectOf(shown).center().x();
        text = QRect(std::clamp(x + 4, 0, std::max(0, width() - wide)), y, wide, letters.height());
        painter.setPen(QPen(theme().text2, 1));
        painter.drawLine(x, whole.bottom() + 1, x, y + letters.height() - 2);
        painter.drawText(text, Qt::AlignLeft | Qt::AlignVCenter, said);
        free = text.left();
        end = text.right();
    }
    painter.setPen(theme().text3);
    if (shown < 0 || free > letters.horizontalAdvance(QLatin1Char('0')) + scaled(8))
        painter.drawText(QRect(0, y, scaled(40), letters.height()), Qt::AlignLeft | Qt::AlignVCenter, QStringLiteral("0"));
    if (count > 1 && (shown < 0 || end < width() - letters.horizontalAdvance(last) - scaled(8)))
        painter.drawText(QRect(0, y, width(), letters.height()), Qt::AlignRight | Qt::AlignVCenter, last);
}

void ChannelStrip::mousePressEvent(QMouseEvent *event)
{
    const int channel = event->button() == Qt::LeftButton ? channelAt(event->position().toPoint()) : -1;
    if (channel >= 0)
        choose(channel == m_channel ? -1 : channel);
    else
        QWidget::mousePressEvent(event);
}

void ChannelStrip::mouseMoveEvent(QMouseEvent *event)
{
    const int channel = channelAt(event->position().toPoint());
    if (channel == m_hovered)
        return;
    m_hovered = channel;
    update();
}

void ChannelStrip::leaveEvent(QEvent *event)
{
    QWidget::leaveEvent(event);
    m_hovered = -1;
    update();
}

void ChannelStrip::keyPressEvent(QKeyEvent *event)
{
    const int last = m_spread.count() - 1, step = event->modifiers().testFlag(Qt::ShiftModifier) ? 10 : 1;
    if (last < 0)
        return QWidget::keyPressEvent(event);
    switch (event->key()) {
    case Qt::Key_Left: choose(m_channel < 0 ? last : std::max(0, m_channel - step)); return;
    case Qt::Key_Right: choose(m_channel < 0 ? 0 : std::min(last, m_channel + step)); return;
    case Qt::Key_Home: choose(0); return;
    case Qt::Key_End: choose(last); return;
    case Qt::Key_Escape:
        if (m_channel >= 0)
            return choose(-1);
        break;
    default: break;
    }
    QWidget::keyPressEvent(event);
}

bool ChannelStrip::event(QEvent *event)
{
    if (event->type() == QEvent::ToolTip) {
        const auto *help = static_cast<QHelpEvent *>(event);
        QToolTip::showText(help->globalPos(), describe(channelAt(help->pos())), this);
        return true;
    }
    return QWidget::event(event);
}

} // namespace nordlys::studio
