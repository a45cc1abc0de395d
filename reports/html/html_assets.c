/* html_assets.c: page.css and page.js as they lie in this folder, so that they can be edited and checked as what they
 * are. */
#include "reports/html/html.h"

__asm__(".pushsection .rodata\n"
        ".global html_css\n"
        "html_css: .incbin \"reports/html/page.css\"\n"
        ".byte 0\n"
        ".global html_js\n"
        "html_js: .incbin \"reports/html/page.js\"\n"
        ".byte 0\n"
        ".popsection\n");
