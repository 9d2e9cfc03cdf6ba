// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

class QLineEdit;

namespace nordlys::studio {

/// A field for a folder or file with a button that opens the desktop's dialog.
class PathField : public QWidget {
    Q_OBJECT

public:
    enum class Kind {
        Folder,     ///< of samples
        Csv,        ///< labels
        Statistics, ///< JSON, may be new
        NewModel,   ///< ONNX file to write
    };
    /// `name`: what a screen reader calls the field.
    PathField(Kind kind, const QString &name, QWidget *parent = nullptr);
    [[nodiscard]] QString path() const;
    void setPath(const QString &path);
    [[nodiscard]] QLineEdit &edit() { return *m_edit; }

private:
    [[nodiscard]] QString choose();
    Kind m_kind;
    QLineEdit *m_edit;
};

} // namespace nordlys::studio
