// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <studio/widgets/cell_roles.h>
#include <studio/widgets/ink_label.h>
#include <studio/widgets/segmented_control.h>

#include <QWidget>

class QToolButton;

namespace nordlys::studio {

/// Backend as stripe and name; nothing for None.
class BackendTag : public QWidget {
    Q_OBJECT

public:
    explicit BackendTag(QWidget *parent = nullptr);
    void setBackend(CellBackend backend, const QString &name);
    [[nodiscard]] QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    CellBackend m_backend = CellBackend::None;
    QString m_name;
};

/// Head of the tensor pane: name, backend, lock, and the forms that an encoding can have.
class TensorHeader : public QWidget {
    Q_OBJECT

public:
    static constexpr int Float16 = 0; ///< as a choice of `bits`
    explicit TensorHeader(QWidget *parent = nullptr);

    InkLabel *name, *shape;
    BackendTag *backend;
    QToolButton *lock;
    SegmentedControl *bits, *symmetry, *granularity; ///< 4, 8, 16, Float16; 1 symmetric; 1 per channel
    QWidget *forms; ///< the three controls

protected:
    void paintEvent(QPaintEvent *event) override;
};

} // namespace nordlys::studio
