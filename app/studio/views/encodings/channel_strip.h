// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QList>
#include <QString>
#include <QWidget>

#include <vector>

namespace nordlys::studio {

/// Range of every channel of a tensor, and which channels stand out.
struct ChannelSpread {
    std::vector<double> min, max;   ///< of one length
    double median = 0;              ///< of the widths max - min
    std::vector<int> outliers;      ///< channels wider than outlierFactor medians, widest first

    static constexpr double outlierFactor = 3;
    [[nodiscard]] int count() const { return static_cast<int>(min.size()); }
    [[nodiscard]] double width(int channel) const { return max[static_cast<std::size_t>(channel)] - min[static_cast<std::size_t>(channel)]; }
    friend bool operator==(const ChannelSpread &, const ChannelSpread &) = default;
};
/// Computes median and outliers. Where the median is 0 (most channels hold one value) nothing is an outlier.
ChannelSpread spreadOf(std::vector<double> min, std::vector<double> max);

/// Width of each channel's range as heat, from left to right; outliers have a tick above. More channels than pixels: the widest of a pixel is
/// shown. A click or the arrow keys select a channel, Home and End the first and last, Escape none.
class ChannelStrip : public QWidget {
    Q_OBJECT

public:
    explicit ChannelStrip(QWidget *parent = nullptr);

    void setSpread(const ChannelSpread &spread);
    /// -1: none.
    void setChannel(int channel);
    [[nodiscard]] const ChannelSpread &spread() const { return m_spread; }
    [[nodiscard]] int channel() const { return m_channel; }
    /// "ch 77: −6.1…41.3, 5.2× the median".
    [[nodiscard]] QString describe(int channel) const;
    /// "160 channels, 3 outliers: ch 77, 12, 131".
    [[nodiscard]] QString summary() const;
    /// Channel under a point; the widest one where several share the pixel; -1: none.
    [[nodiscard]] int channelAt(const QPoint &at) const;
    /// Pixels of a channel.
    [[nodiscard]] QRect rectOf(int channel) const;
    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override;

Q_SIGNALS:
    void channelSelected(int channel);

protected:
    bool event(QEvent *event) override;
    void paintEvent(QPaintEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;
    void leaveEvent(QEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;

private:
    [[nodiscard]] QRect bar() const;
    void choose(int channel);

    ChannelSpread m_spread;
    int m_channel = -1, m_hovered = -1;
};

} // namespace nordlys::studio
