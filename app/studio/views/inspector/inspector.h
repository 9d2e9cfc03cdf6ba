// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "backend_section.h"

#include <studio/widgets/ink_label.h>
#include <studio/widgets/key_value_grid.h>
#include <studio/widgets/section.h>
#include <studio/workspace/workspace.h>

#include <QWidget>

namespace nordlys::studio {

/// Everything about the selected operator or tensor, as rows that can be copied; sums and what is common of several operators;
/// about the model while nothing is selected.
class Inspector : public QWidget {
    Q_OBJECT

public:
    explicit Inspector(Workspace &workspace, QWidget *parent = nullptr);
    void refresh();

private:
    void showModel(const Document &document);
    void showNode(const Document &document, core::NodeId node);
    void showNodes(const Document &document, const std::vector<core::NodeId> &nodes);
    [[nodiscard]] QList<KeyValue> sumRows(const Document &document, const std::vector<core::NodeId> &nodes) const;
    [[nodiscard]] QList<KeyValue> commonRows(const Document &document, const std::vector<core::NodeId> &nodes) const;
    void showTensor(const Document &document, core::TensorId tensor);
    [[nodiscard]] QList<KeyValue> costRows(const Document &document, core::NodeId node) const;
    [[nodiscard]] QList<KeyValue> attributeRows(const Document &document, core::NodeId node) const;
    [[nodiscard]] QList<KeyValue> tensorRows(const Document &document, const std::vector<core::TensorId> &tensors) const;
    [[nodiscard]] QList<KeyValue> encodingRows(const Document &document, core::TensorId tensor) const;
    [[nodiscard]] QList<KeyValue> errorRows(const Document &document, core::TensorId tensor) const;
    void setSection(int index, const QString &title, const QList<KeyValue> &rows);

    Workspace &m_workspace;
    InkLabel *m_name, *m_what, *m_backend;
    static constexpr int kSections = 4;
    Section *m_sections[kSections];
    KeyValueGrid *m_grids[kSections];
    BackendSection *m_backends;
};

} // namespace nordlys::studio
