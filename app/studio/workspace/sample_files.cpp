// SPDX-License-Identifier: GPL-3.0-or-later
#include "sample_files.h"

#include <QCoreApplication>
#include <QDir>
#include <QFileInfo>
#include <QStringList>

namespace nordlys::studio {

QString sampleModelPath()
{
    const QString program = QCoreApplication::applicationDirPath();
    QStringList folders;
    if (const QString set = qEnvironmentVariable("NORDLYS_RESOURCES"); !set.isEmpty())
        folders << set;
    folders << program + QStringLiteral("/../resources") << program + QStringLiteral("/../share/nordlys")
            << program + QStringLiteral("/../../../resources");
    for (const QString &folder : folders) {
        const QFileInfo model(folder + QStringLiteral("/samples/digits/digits.onnx"));
        if (model.isFile())
            return QDir::cleanPath(model.absoluteFilePath());
    }
    return {};
}

} // namespace nordlys::studio
