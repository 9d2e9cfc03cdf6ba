// SPDX-License-Identifier: GPL-3.0-or-later
#include "sample_fields.h"

#include "field_grid.h"

#include <studio/look/studio_style.h>
#include <studio/workspace/text.h>

#include <core/inputs/preprocess.h>

#include <QFileInfo>
#include <QLineEdit>
#include <QSpinBox>

namespace nordlys::studio {

SampleFields::SampleFields(const InputSource &source, FieldGrid &grid, QWidget *dialog)
    : QObject(dialog), m_inputs(new PathField(PathField::Kind::Folder, tr("Inputs"), dialog)), m_limit(new QSpinBox(dialog)),
      m_preprocess(new QLineEdit(dialog))
{
    m_inputs->setPath(source.spec);
    m_inputs->edit().setObjectName(QStringLiteral("inputs"));
    m_limit->setObjectName(QStringLiteral("limit"));
    m_limit->setRange(0, 1000000);
    m_limit->setSpecialValueText(tr("all"));
    m_limit->setValue(source.limit);
    m_preprocess->setText(source.preprocess);
    m_preprocess->setPlaceholderText(tr("automatic: size and channels of the model's input, 0 to 1"));
    grid.addField(tr("Inputs"), m_inputs);
    grid.addField(tr("Samples"), m_limit);
    grid.addField(tr("Preprocessing"), m_preprocess);
    connect(&m_inputs->edit(), &QLineEdit::textChanged, this, &SampleFields::changed);
    connect(m_limit, &QSpinBox::valueChanged, this, &SampleFields::changed);
    connect(m_preprocess, &QLineEdit::textChanged, this, &SampleFields::changed);
}

InputSource SampleFields::source() const { return {m_inputs->path(), m_preprocess->text().trimmed(), m_limit->value()}; }

QString SampleFields::check(bool mayBeEmpty)
{
    const InputSource chosen = source();
    QString problem;
    if (chosen.spec.isEmpty()) {
        if (!mayBeEmpty)
            problem = tr("Choose a folder with images, .npy, .pb or .raw files, or write random:SEED:N.");
    } else if (!chosen.spec.startsWith(QLatin1String("random:")) && !QFileInfo::exists(chosen.spec)) {
        problem = tr("There is no such folder or file.");
    }
    setInvalid(&m_inputs->edit(), !chosen.spec.isEmpty() && !problem.isEmpty());
    if (problem.isEmpty() && !chosen.preprocess.isEmpty()) {
        const auto recipe = core::PreprocessRecipe::parse(chosen.preprocess.toStdString());
        if (!recipe)
            problem = toQString(recipe.error().text());
        setInvalid(m_preprocess, !recipe);
    } else {
        setInvalid(m_preprocess, false);
    }
    return problem;
}

void SampleFields::setEnabled(bool enabled)
{
    for (QWidget *field : {static_cast<QWidget *>(m_inputs), static_cast<QWidget *>(m_limit), static_cast<QWidget *>(m_preprocess)})
        field->setEnabled(enabled);
}

} // namespace nordlys::studio
