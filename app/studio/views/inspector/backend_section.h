// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <studio/widgets/key_value_grid.h>
#include <studio/widgets/section.h>
#include <studio/workspace/placement_keeper.h>
#include <studio/workspace/workspace.h>

#include <map>
#include <optional>

class QPushButton;

namespace nordlys::studio {

/// Where the selected operators run, what each backend says of them, and buttons that put them elsewhere (one undo step).
class BackendSection : public Section {
    Q_OBJECT

public:
    explicit BackendSection(Workspace &workspace, QWidget *parent = nullptr);
    /// Empty: hides it.
    void setNodes(const std::vector<core::NodeId> &nodes);

private:
    [[nodiscard]] QList<KeyValue> rows() const;

    Workspace &m_workspace;
    std::vector<core::NodeId> m_nodes;
    KeyValueGrid *m_grid;
    std::map<std::optional<core::Backend>, QPushButton *> m_buttons; ///< nothing: automatic
};

} // namespace nordlys::studio
