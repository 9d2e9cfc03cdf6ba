// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <studio/widgets/path_field.h>
#include <studio/workspace/workspace.h>

class QSpinBox;

namespace nordlys::studio {

class FieldGrid;

/// The three fields that say which samples: inputs, how many, preprocessing.
class SampleFields : public QObject {
    Q_OBJECT

public:
    /// Adds them to the grid of a dialog.
    SampleFields(const InputSource &source, FieldGrid &grid, QWidget *dialog);
    [[nodiscard]] InputSource source() const;
    /// A reason why these inputs cannot work, as far as a look at the file system tells; marks the field.
    QString check(bool mayBeEmpty = false);
    [[nodiscard]] PathField &inputs() { return *m_inputs; }
    void setEnabled(bool enabled);

Q_SIGNALS:
    void changed();

private:
    PathField *m_inputs;
    QSpinBox *m_limit;
    QLineEdit *m_preprocess;
};

} // namespace nordlys::studio
