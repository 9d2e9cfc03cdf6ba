// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <studio/workspace/encoding_edits.h>

#include <QList>
#include <QWidget>

#include <functional>

class QLineEdit;
class QPushButton;

namespace nordlys::studio {

/// Exact entry of min, max, scale and zero point, and the way back to what was calibrated. Enter or leaving a field takes what was typed, Escape does not.
class RangeFields : public QWidget {
    Q_OBJECT

public:
    explicit RangeFields(QWidget *parent = nullptr);

    /// Numbers of this grid; null: empty fields. A field in which somebody types keeps its text.
    void setGrid(const core::Grid *grid);
    /// Empty: the field can be edited.
    void setReason(EncodingField field, const QString &why);
    void setRevertReason(const QString &why);
    /// Says why a typed value is refused; empty: it is not. Asked on every keystroke.
    using Validator = std::function<QString(EncodingField field, double value)>;
    void setValidator(Validator validator) { m_validator = std::move(validator); }

    [[nodiscard]] QLineEdit *field(EncodingField field) const;
    [[nodiscard]] QPushButton *revertButton() const { return m_revert; }

Q_SIGNALS:
    void entered(nordlys::studio::EncodingField field, double value);
    void revertAsked();

protected:
    void paintEvent(QPaintEvent *event) override;
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    struct Entry {
        EncodingField field;
        QLineEdit *edit;
        QString shown, why;
    };
    void add(EncodingField field, const QString &label, const QString &name, int width);
    void check(Entry &entry);
    void take(Entry &entry);
    void restore(Entry &entry);

    QList<Entry> m_entries;
    QPushButton *m_revert;
    Validator m_validator;
};

} // namespace nordlys::studio
