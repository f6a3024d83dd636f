import type { Category } from "../catalog/categories.ts";
import type { MediaKind } from "../shared/media.ts";

/** What an output is called among others of its generation. */
export type OutputName = MediaKind | "track" | "words";

/** What can be made of a result, in Russian. */
export const followUpsRu = {
  buttons: {
    animate: "🎬 Оживить",
    upscale: "⬆️ Улучшить",
    edit: "🖌 Изменить картинку",
    original: "📄 Оригинал",
    whatElse: {
      image: "🎛 Что ещё с картинкой",
      video: "🎛 Что ещё с видео",
      audio: "🎛 Что ещё с записью",
      track: "🎛 Что ещё с треком",
      words: "🎛 Что дальше",
    } as Record<OutputName, string>,
  },
  names: {
    image: "Картинка",
    video: "Видео",
    audio: "Запись",
    track: "Трек",
    words: "Текст",
  } as Record<OutputName, string>,
  numbered: (name: string, position: number): string => `${name}\u00a0${position}`,
  lead: "Что сделать дальше? Цена стоит на кнопке.",
  nothing: "С этим результатом больше ничего не сделать: Kie.ai хранит задачи недолго.",
  unavailable: "Из этого результата такое уже не сделать: прошло слишком много времени или модель больше не продаётся.",
  needsResult: "Это делается только из готового результата: нажмите нужную кнопку под ним.",
  originalComing: "Отправляем файлом",
  noFile: "У этого результата нет файла",
  willNotify: "Напишем, когда эта модель снова заработает",
  /** Above the models that take a file which was made here. */
  whatNext: {
    image: "Файл взят. Выберите модель, которая его изменит, и напишите, что поменять.",
    video: "Файл взят. Выберите модель, которая его оживит. Можно сразу написать, что должно происходить.",
    audio: "Файл взят. Выберите модель.",
    music: "Файл взят. Выберите модель.",
    tools: "Файл взят. Выберите, чем его улучшить.",
  } as Record<Category, string>,
};

/** The shape every language has. */
export type FollowUpTexts = typeof followUpsRu;
