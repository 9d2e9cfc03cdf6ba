// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QList>
#include <QPointF>
#include <QString>
#include <QWidget>

#include <optional>
#include <utility>
#include <vector>

namespace nordlys::studio {

/// What a histogram draws: bin i spans start + i * width .. start + (i + 1) * width. Empty: nothing was seen.
struct HistogramData {
    double start = 0, width = 0;
    std::vector<double> weights;
    double seenMin = 0, seenMax = 0;

    [[nodiscard]] bool isEmpty() const { return weights.empty() || !(width > 0); }
    friend bool operator==(const HistogramData &, const HistogramData &) = default;
};

/// Range that a method would choose: a triangle at its maximum, with its name; a click takes the range.
struct HistogramMark {
    QString name;
    double min = 0, max = 0;
    friend bool operator==(const HistogramMark &, const HistogramMark &) = default;
};

/// Values of a tensor on a logarithmic count axis with the encoded range over them: two handles that the mouse or the keyboard moves.
/// Mouse: drag a handle. Keys: Tab goes from min to max, arrows move one step, with Shift ten, Escape takes a move back that is not finished
/// (button or key still down). GUI thread only.
class HistogramPlot : public QWidget {
    Q_OBJECT

public:
    /// How the ends hang together.
    enum class Ends {
        Free,      ///< min at most 0, max at least 0
        Mirrored,  ///< symmetric: both move
        FromZero,  ///< unsigned symmetric: min stays 0
    };
    enum class Handle { None, Min, Max };

    explicit HistogramPlot(QWidget *parent = nullptr);

    void setData(const HistogramData &data);
    void setMarks(const QList<HistogramMark> &marks);
    /// SQNR in dB over the maximum; points from left to right.
    void setCurve(const QList<QPointF> &curve);
    /// The encoded range as it is now, and the distance of two codes. Nothing: no handles.
    void setRange(std::optional<std::pair<double, double>> range, double step, Ends ends);
    /// Empty: the handles can be moved. Else why not.
    void setWhyFixed(const QString &why);
    /// What it is a histogram of, for screen readers.
    void setSubject(const QString &name);

    [[nodiscard]] const HistogramData &data() const { return m_data; }
    [[nodiscard]] const QList<HistogramMark> &marks() const { return m_marks; }
    [[nodiscard]] const QList<QPointF> &curve() const { return m_curve; }
    [[nodiscard]] std::optional<std::pair<double, double>> range() const { return m_range; }
    [[nodiscard]] bool isMoving() const { return m_press.has_value(); }
    [[nodiscard]] Handle activeHandle() const { return m_active; }
    [[nodiscard]] bool canMove(Handle handle) const;
    [[nodiscard]] double step() const { return m_step; }
    /// "min −18.40, max 18.60".
    [[nodiscard]] QString valueText() const;

    // Geometry, in the widget's coordinates.
    [[nodiscard]] QRect plotArea() const;
    [[nodiscard]] double xOf(double value) const;
    [[nodiscard]] double valueAt(double x) const;
    [[nodiscard]] QRect handleRect(Handle handle) const; ///< null: not shown
    [[nodiscard]] QRect markRect(int index) const;
    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override;

Q_SIGNALS:
    /// The range that is asked for while a handle moves; what setRange() gives then may be on other codes.
    void rangeDragged(double min, double max);
    void rangeCommitted(double min, double max);
    /// Escape: the move never was.
    void dragCancelled();

protected:
    bool event(QEvent *event) override;
    void paintEvent(QPaintEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;
    void mouseReleaseEvent(QMouseEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void keyReleaseEvent(QKeyEvent *event) override;
    void focusInEvent(QFocusEvent *event) override;
    void focusOutEvent(QFocusEvent *event) override;
    void leaveEvent(QEvent *event) override;
    bool focusNextPrevChild(bool next) override;

private:
    friend class HistogramPainter;
    struct Press {
        Handle handle = Handle::None;
        double min = 0, max = 0;         ///< when it began
        double wantedMin = 0, wantedMax = 0;
        double offset = 0;               ///< pointer to handle, pixels
        int key = 0;                     ///< 0: the mouse
        bool moved = false;
    };
    [[nodiscard]] Handle handleAt(const QPointF &at) const;
    [[nodiscard]] int markAt(const QPointF &at) const;
    void fitView();
    void begin(Handle handle, int key);
    void moveTo(double value);
    void finish();
    void cancel();
    void tellReaders();

    HistogramData m_data;
    QList<HistogramMark> m_marks;
    QList<QPointF> m_curve;
    std::optional<std::pair<double, double>> m_range;
    double m_step = 0;
    Ends m_ends = Ends::Free;
    QString m_whyFixed, m_subject;
    double m_low = -1, m_high = 1; ///< what the axis spans
    Handle m_active = Handle::None, m_hovered = Handle::None;
    std::optional<Press> m_press;
};

} // namespace nordlys::studio
