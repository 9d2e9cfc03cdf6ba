// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include <optional>
#include <vector>

namespace nordlys::studio {

/// Cost against metric: the points of a front as steps, the chosen one ringed. A click or the arrow keys choose; the table beside it says the same in
/// numbers.
class ParetoPlot : public QWidget {
    Q_OBJECT

public:
    struct Point {
        double cost = 0, metric = 0; ///< cost in percent; a metric that is not finite stands at the upper edge
        QString text;                ///< on hover
    };
    struct Front {
        std::vector<Point> points;         ///< ascending cost
        std::optional<double> reference;   ///< metric of the float model, where finite
        double budget = 100;               ///< end of the cost axis
        QString metricTitle, costTitle;
    };

    explicit ParetoPlot(QWidget *parent = nullptr);
    void setFront(Front front);
    void choose(int point); ///< -1: none
    [[nodiscard]] int chosen() const { return m_chosen; }
    /// Where a point is drawn, in widget coordinates.
    [[nodiscard]] QPointF positionOf(int point) const;
    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override;

Q_SIGNALS:
    void pointChosen(int point);

protected:
    void paintEvent(QPaintEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    bool event(QEvent *event) override;

private:
    [[nodiscard]] QRectF plotArea() const;
    [[nodiscard]] double xOf(double cost) const;
    [[nodiscard]] double yOf(double metric) const;
    [[nodiscard]] int pointNear(const QPointF &position) const;
    void drawAxes(QPainter &painter) const;
    void drawFront(QPainter &painter) const;
    void setHovered(int point);

    Front m_front;
    double m_low = 0, m_high = 1;
    int m_chosen = -1, m_hovered = -1;
};

} // namespace nordlys::studio
