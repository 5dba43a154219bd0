" SPDX-License-Identifier: GPL-2.0-only OR MIT
autocmd BufRead,BufNewFile *.vmcs setfiletype vmcs
