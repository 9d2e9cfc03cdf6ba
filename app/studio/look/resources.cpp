// SPDX-License-Identifier: GPL-3.0-or-later
#include "resources.h"

#include <QCoreApplication>
#include <QLibraryInfo>
#include <QTranslator>

// Q_INIT_RESOURCE declares a function of the global namespace.
static void registerResources()
{
    Q_INIT_RESOURCE(nordlys_icons);
    Q_INIT_RESOURCE(nordlys_i18n);
}

namespace nordlys::studio {

void initStudioResources()
{
    static const bool once = [] {
        registerResources();
        return true;
    }();
    Q_UNUSED(once)
}

bool installTranslation(const QLocale& locale)
{
    initStudioResources();
    static QTranslator* studioTexts = nullptr;
    static QTranslator* qtTexts = nullptr;
    for (QTranslator** translator : {&studioTexts, &qtTexts}) {
        if (*translator != nullptr) {
            QCoreApplication::removeTranslator(*translator);
            delete *translator;
            *translator = nullptr;
        }
    }
    QLocale::setDefault(locale);
    const QLocale::Language language = locale.language();
    if (language != QLocale::NorwegianBokmal && language != QLocale::NorwegianNynorsk) {
        return false;
    }
    studioTexts = new QTranslator(QCoreApplication::instance());
    qtTexts = new QTranslator(QCoreApplication::instance());
    // A Qt that brings Bokmål itself knows more of its own texts than our file.
    if (qtTexts->load(QStringLiteral("qtbase_nb"), QLibraryInfo::path(QLibraryInfo::TranslationsPath)) ||
        qtTexts->load(QStringLiteral(":/i18n/qt_nb.qm"))) {
        QCoreApplication::installTranslator(qtTexts);
    }
    return studioTexts->load(QStringLiteral(":/i18n/nordlys_nb.qm")) && QCoreApplication::installTranslator(studioTexts);
}

} // namespace nordlys::studio
