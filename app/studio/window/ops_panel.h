// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <studio/models/ops_model.h>

#include <QWidget>

class QTreeView;

namespace nordlys::studio {

/// The model tree of the left dock.
class OpsPanel : public QWidget {
    Q_OBJECT

public:
    explicit OpsPanel(Workspace &workspace, QWidget *parent = nullptr);

private:
    OpsModel *m_model;
    QTreeView *m_tree;
};

} // namespace nordlys::studio
