" SPDX-License-Identifier: GPL-2.0-only OR MIT
" Vim syntax file for specs of VMCS layouts, which vmcsgen-spec(5) describes.
if exists('b:current_syntax')
	finish
endif

" Names may have dots and hyphens: `linux-6.1` is one word, and no keyword begins within it.
syntax iskeyword @,48-57,_,.,-

" The words of the language: what begins a statement of its own, and the others.
syntax keyword vmcsStatement bits controls copies dump errata existence fields frozen include
syntax keyword vmcsStatement layout revision sdm shadow support target
syntax keyword vmcsWord adds align alike append as at because by change changed clean default1 drop
syntax keyword vmcsWord embed entry excludes exit for from full high id images is linux lists
syntax keyword vmcsWord lookup loss mask masks memory move named names natural needs neutral
syntax keyword vmcsWord newest no none of often over packed pad pages prefix rare rename rest
syntax keyword vmcsWord retire ro role row rw same size source struct supported table tlfs to
syntax keyword vmcsWord twice unchanged unnamed unsupported uses version yes
syntax keyword vmcsType u8 u16 u32 u64

syntax match vmcsNumber '\<[+-]\?\(0x\x\+\|\d\+\)\>'
syntax match vmcsPath '\<\h\w*/[[:alnum:]_.*-]\+'
syntax region vmcsString start='"' skip='\\.' end='"' oneline
syntax match vmcsComment '#.*$' contains=vmcsTodo,@Spell
syntax keyword vmcsTodo TODO FIXME contained

highlight default link vmcsStatement Statement
highlight default link vmcsWord Keyword
highlight default link vmcsType Type
highlight default link vmcsNumber Number
highlight default link vmcsPath Identifier
highlight default link vmcsString String
highlight default link vmcsComment Comment
highlight default link vmcsTodo Todo

let b:current_syntax = 'vmcs'
