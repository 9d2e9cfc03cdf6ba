// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <studio/widgets/key_value_grid.h>
#include <studio/workspace/workspace.h>

#include <QWidget>

class QLabel;

namespace nordlys::studio {

/// Encoded range against the range that was seen, on one axis.
class RangeBar : public QWidget {
    Q_OBJECT

public:
    explicit RangeBar(QWidget *parent = nullptr);
    void setRanges(std::optional<std::pair<double, double>> encoded, std::optional<std::pair<double, double>> seen);
    [[nodiscard]] QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    std::optional<std::pair<double, double>> m_encoded, m_seen;
};

/// Everything about the encoding of the selected tensor.
class TensorPane : public QWidget {
    Q_OBJECT

public:
    explicit TensorPane(Workspace &workspace, QWidget *parent = nullptr);
    void refresh();

private:
    void addRow(const QString &name, const QString &value, const QString &note = {});
    Workspace &m_workspace;
    QLabel *m_name, *m_kind, *m_empty;
    RangeBar *m_bar;
    KeyValueGrid *m_rows;
    QList<KeyValue> m_values;
};

} // namespace nordlys::studio
