// SPDX-License-Identifier: GPL-3.0-or-later
#include <QKeyEvent>
#include <QLineEdit>
#include <QToolTip>

#include <studio/look/metrics.h>
#include <studio/look/number_format.h>
#include <studio/look/studio_style.h>

#include "table_delegate.h"

namespace nordlys::studio {
namespace {

CellKind kindAt(const QModelIndex& index)
{
    return static_cast<CellKind>(index.data(CellKindRole).toInt());
}

constexpr const char* reasonProperty = "nordlysReason";

} // namespace

QString TableDelegate::reasonAgainst(const QModelIndex& index, const QString& text) const
{
    if (m_leader != nullptr) {
        return m_leader->reasonAgainst(index, text);
    }
    if (m_validator) {
        return m_validator(index, text);
    }
    if (kindAt(index) == CellKind::Number && !parseNumber(text)) {
        return tr("This is not a number.");
    }
    return {};
}

QWidget* TableDelegate::createEditor(QWidget* parent, const QStyleOptionViewItem&, const QModelIndex& index) const
{
    auto* edit = new QLineEdit(parent);
    edit->setProperty("inCell", true);
    const CellKind kind = kindAt(index);
    edit->setFont(kind == CellKind::Text ? uiFont(12) : monoFont(11));
    edit->setAlignment((kind == CellKind::Number ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    const QPersistentModelIndex cell(index);
    connect(edit, &QLineEdit::textChanged, this, [this, edit, cell](const QString& text) {
        const QString reason = cell.isValid() ? reasonAgainst(cell, text) : QString();
        edit->setProperty(reasonProperty, reason);
        setInvalid(edit, !reason.isEmpty());
        edit->setToolTip(reason);
    });
    Q_EMIT editStarted(index);
    return edit;
}

void TableDelegate::destroyEditor(QWidget* editor, const QModelIndex& index) const
{
    QStyledItemDelegate::destroyEditor(editor, index);
    Q_EMIT editFinished();
}

void TableDelegate::setEditorData(QWidget* editor, const QModelIndex& index) const
{
    auto* edit = qobject_cast<QLineEdit*>(editor);
    // The model may change while the user types (a job that ends): his text stays.
    if (edit == nullptr || edit->isModified()) {
        return;
    }
    const QVariant value = index.data(Qt::EditRole);
    if (kindAt(index) == CellKind::Number && value.typeId() == QMetaType::Double) {
        QString text = plainExact(value.toDouble());
        text.replace(QLatin1Char('.'), QLocale().decimalPoint());
        edit->setText(text);
    } else {
        edit->setText(value.toString());
    }
    edit->selectAll();
}

void TableDelegate::setModelData(QWidget* editor, QAbstractItemModel* model, const QModelIndex& index) const
{
    const auto* edit = qobject_cast<QLineEdit*>(editor);
    if (edit == nullptr || !edit->isModified()) {
        return; // looking at a value is no edit
    }
    const QString text = edit->text();
    if (const QString reason = reasonAgainst(index, text); !reason.isEmpty()) {
        Q_EMIT editRejected(index, reason);
        return;
    }
    if (kindAt(index) == CellKind::Number) {
        if (const std::optional<double> number = parseNumber(text)) {
            model->setData(index, *number, Qt::EditRole);
            return;
        }
    }
    model->setData(index, text, Qt::EditRole);
}

void TableDelegate::updateEditorGeometry(QWidget* editor, const QStyleOptionViewItem& option, const QModelIndex&) const
{
    editor->setGeometry(option.rect.adjusted(0, 0, 0, -1));
}

bool TableDelegate::eventFilter(QObject* watched, QEvent* event)
{
    if (event->type() == QEvent::KeyPress) {
        const int key = static_cast<QKeyEvent*>(event)->key();
        const auto* edit = qobject_cast<QLineEdit*>(watched);
        const bool commits = key == Qt::Key_Return || key == Qt::Key_Enter || key == Qt::Key_Tab || key == Qt::Key_Backtab;
        if (edit != nullptr && commits) {
            const QString reason = edit->property(reasonProperty).toString();
            if (!reason.isEmpty()) {
                QToolTip::showText(edit->mapToGlobal(QPoint(0, edit->height())), reason, const_cast<QLineEdit*>(edit));
                return true; // stay in the field until the value is right or Escape is pressed
            }
        }
    }
    return QStyledItemDelegate::eventFilter(watched, event);
}

} // namespace nordlys::studio
