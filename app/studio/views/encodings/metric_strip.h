// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <studio/widgets/cell_roles.h>

#include <QList>
#include <QString>
#include <QWidget>

namespace nordlys::studio {

/// A key number with what became of it.
struct Metric {
    QString name, value, unit;
    QString change;                    ///< "was 0.259", "+3.9"; empty: nothing to compare with
    CellInk ink = CellInk::Note;       ///< of the change: better, worse, neither
    QString hint;                      ///< what the number means, on hover
    friend bool operator==(const Metric &, const Metric &) = default;
};

/// Key numbers side by side, of equal width, divided by lines. For screen readers its value is the text of all.
class MetricStrip : public QWidget {
    Q_OBJECT

public:
    explicit MetricStrip(QWidget *parent = nullptr);
    void setMetrics(const QList<Metric> &list);
    [[nodiscard]] const QList<Metric> &list() const { return m_list; }
    /// Older than the edits: in the ink of notes.
    void setStale(bool stale);
    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override;

protected:
    bool event(QEvent *event) override;
    void paintEvent(QPaintEvent *event) override;

private:
    [[nodiscard]] QRect cell(int index) const;

    QList<Metric> m_list;
    bool m_stale = false;
};

} // namespace nordlys::studio
